import type { NameValuePair } from '#pki/cmc/name-value-pairs';
import type { Extension } from '#pki/x509/extension';
import { readExtensionSections } from './extension-lines.ts';
import { InfError } from './inf-error.ts';
import { type InfFile, isSameWord } from './inf-file.ts';
import { POLICY_SECTIONS } from './new-request-keys.ts';
import { namedSections, readPolicyExtensions } from './policy-extensions.ts';

/** What a policy INF asks for (certreq -policy): cross-certification or qualified subordination. */
export interface SubordinationPolicy {
  readonly extensions: readonly Extension[];
  /** [RequestAttributes] */
  readonly attributes: readonly NameValuePair[];
}

const OTHER_SECTIONS = [
  'Version',
  'Strings',
  'RequestAttributes',
  'EnhancedKeyUsageExtension',
  'BasicConstraintsExtension',
  'Extensions',
];

/** What the CA writes into everything it issues. */
const OF_THE_CA = ['CRLDistributionPoint', 'AuthorityInformationAccess'];

/** Throws InfError: ERROR_INVALID_PARAMETER for what cannot be read, ERROR_NOT_SUPPORTED for what the CA decides itself. */
export function readSubordinationPolicy(inf: InfFile): SubordinationPolicy {
  const known = [...OTHER_SECTIONS, ...POLICY_SECTIONS, ...namedSections(inf)];
  for (const { name, number } of inf.sections) {
    const place = `${inf.name}([${name}])`;
    if (OF_THE_CA.some((section) => isSameWord(section, name)))
      throw new InfError('ERROR_NOT_SUPPORTED', place, number, `[${name}] is written by the CA that issues.`);
    if (!known.some((section) => isSameWord(section, name)))
      throw new InfError(
        'ERROR_INVALID_PARAMETER',
        place,
        number,
        `[${name}] is no section of a policy.`,
        `Sections: ${[...OTHER_SECTIONS, ...POLICY_SECTIONS].join(', ')}.`,
      );
  }
  const listed = readExtensionSections(inf).extensions;
  const policies = readPolicyExtensions(inf);
  const twice = listed.find(({ extnID }) => policies.some((other) => other.extnID === extnID));
  if (twice)
    throw new InfError(
      'ERROR_INVALID_PARAMETER',
      `${inf.name}([Extensions] ${twice.extnID})`,
      undefined,
      `${twice.extnID} stands in [Extensions] and in a section of its own.`,
    );
  return {
    extensions: [...listed, ...policies],
    attributes: inf.lines('RequestAttributes').map((line) => [line.key, line.fields.join(',')] as const),
  };
}
