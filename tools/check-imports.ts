/**
 * Keeps the direction of imports: each tier may only reach the tiers listed for it. Crossing a tier is always written
 * `#tier/path`, so the line itself shows it; a relative path that leaves its tier is a fault.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

interface Tier {
  readonly may: readonly string[];
  /** May import node:* and npm packages. */
  readonly platform: boolean;
}

/** Ports files are the contracts adapters keep; naming one gives no reach into the actor behind it. */
const ADAPTER = [
  'hresult',
  'pki',
  'ca/ports',
  'ca/schema',
  'ca/audit',
  'ca/config',
  'enroll/ports',
  'recover/ports',
  'files',
  'threads',
];

const TIERS: Record<string, Tier> = {
  hresult: { may: [], platform: false },
  pki: { may: ['hresult'], platform: false },
  'pki/crypto/node': { may: ['hresult', 'pki', 'threads'], platform: true },
  threads: { may: ['hresult'], platform: true },
  files: { may: ['hresult'], platform: true },
  ca: { may: ['hresult', 'pki'], platform: false },
  enroll: { may: ['hresult', 'pki'], platform: false },
  recover: { may: ['hresult', 'pki'], platform: false },
  database: { may: ADAPTER, platform: true },
  providers: { may: ADAPTER, platform: true },
  certstore: { may: ADAPTER, platform: true },
  directory: { may: [...ADAPTER, 'ca/template'], platform: true },
  publish: { may: ADAPTER, platform: true },
  doctor: { may: ['hresult', 'pki', 'ca', 'certstore/ports', 'files'], platform: true },
  migrate: { may: ['hresult', 'pki', 'ca', 'certstore/ports', 'doctor', 'files'], platform: true },
  wire: {
    may: [
      'hresult',
      'pki',
      'ca/api',
      'ca/ports',
      'ca/roles/principal',
      'ca/roles/rights',
      'ca/template',
      'directory/sign-in',
      'files',
    ],
    platform: true,
  },
  cli: {
    may: [
      'hresult',
      'pki',
      'enroll',
      'recover',
      'ca/api',
      'ca/ports',
      'ca/schema',
      'ca/audit',
      'ca/config',
      'ca/template',
      'ca/roles/officer-rights',
      'ca/roles/principal',
      'ca/roles/rights',
      'certstore/ports',
      'doctor/api',
      'migrate/api',
      'directory/administration',
      'directory/sign-in',
      'wire/account',
      'wire/known-authority',
      'files',
    ],
    platform: true,
  },
  bin: {
    may: [
      'hresult',
      'pki',
      'ca',
      'enroll',
      'recover',
      'database',
      'providers',
      'certstore',
      'directory',
      'publish',
      'doctor',
      'migrate',
      'files',
      'threads',
      'wire',
      'cli',
    ],
    platform: true,
  },
};

function tierOf(file: string): string | undefined {
  return Object.keys(TIERS)
    .filter((tier) => file.startsWith(`src/${tier}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function faultOf(file: string, tierName: string, specifier: string): string | undefined {
  const tier = TIERS[tierName]!;
  if (specifier.startsWith('#')) {
    const target = specifier.slice(1);
    if (target.startsWith('test/')) return 'a source imports a test';
    if (target.startsWith(`${tierName.split('/')[0]}/`)) return undefined;
    const allowed = tier.may.some((may) => target === may || target.startsWith(`${may}/`));
    return allowed ? undefined : `${tierName} may not import ${target}`;
  }
  if (specifier.startsWith('.')) {
    const target = relative(ROOT, join(dirname(join(ROOT, file)), specifier));
    const top = tierName.split('/')[0]!;
    return target.startsWith(`src/${top}/`) ? undefined : `relative path leaves the tier ${top}: write #tier/…`;
  }
  return tier.platform ? undefined : `${tierName} runs anywhere and may not import ${specifier}`;
}

const faults: string[] = [];
for (const path of globSync('src/**/*.ts', { cwd: ROOT })) {
  const file = path.replaceAll('\\', '/');
  if (file.endsWith('.test.ts') || file.endsWith('.suite.ts')) continue;
  const tier = tierOf(file);
  if (tier === undefined) {
    faults.push(`${file}: in no tier of tools/check-imports.ts`);
    continue;
  }
  const text = readFileSync(join(ROOT, file), 'utf8');
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  )) {
    const specifier = match[1] ?? match[2] ?? match[3]!;
    const fault = faultOf(file, tier, specifier);
    if (fault) faults.push(`${file}: ${fault}`);
  }
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log('imports: every tier keeps its direction');
