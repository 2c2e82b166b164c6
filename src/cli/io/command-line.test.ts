import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from './command-line.ts';

const OPTIONS = {
  f: { summary: '' },
  v: { summary: '', everywhere: true },
  enterprise: { summary: '', aliases: ['ent'] },
  config: { value: 'CA', summary: '' },
  p: { value: 'Password', summary: '' },
} as const;
type Name = keyof typeof OPTIONS;

const verb = (name: string, options: readonly Name[], more: { dashArguments?: boolean; minArgs?: number } = {}) => {
  return { verb: name, minArgs: 1, maxArgs: 3, options, ...more };
};
const VERBS = [
  verb('dump', ['f']),
  verb('getkey', ['f', 'config', 'p']),
  verb('setreg', ['f'], { dashArguments: true }),
  verb('store', ['enterprise'], { minArgs: 0 }),
];

function parse(...argv: string[]) {
  return parseCommandLine(argv, { verbs: VERBS, options: OPTIONS, defaultVerb: 'dump' });
}

function read(...argv: string[]) {
  const line = parse(...argv);
  assert.ok(line.kind === 'verb', JSON.stringify(line));
  const options = line.options.names().map((name) => [name, line.options.value(name)]);
  return { verb: line.verb.verb, args: line.args, options: Object.fromEntries(options) };
}

function fault(...argv: string[]) {
  const line = parse(...argv);
  assert.ok(line.kind === 'fault', JSON.stringify(line));
  return [line.what, line.fault];
}

test('options stand before or after the verb, in any case, with a dash or a slash', () => {
  const expected = { verb: 'getkey', args: ['x', 'out.p7b'], options: { config: 'ca01\\CA', f: '' } };
  assert.deepEqual(read('-config', 'ca01\\CA', '-getkey', 'x', 'out.p7b', '-f'), expected);
  assert.deepEqual(read('/F', '/GetKey', '-CONFIG', 'ca01\\CA', 'x', 'out.p7b'), expected);
  assert.deepEqual(read('--f', '-getkey', 'x', 'out.p7b', '--config', 'ca01\\CA'), expected);
  assert.deepEqual(read('-store', '-ENT'), { verb: 'store', args: [], options: { enterprise: '' } });
});

test('the dashes of word processors are dashes', () => {
  assert.deepEqual(read('–f', '—GetKey', 'x'), { verb: 'getkey', args: ['x'], options: { f: '' } });
  assert.deepEqual(fault('–frob', 'x'), ['Unknown arg: –frob', 'Unknown arg: –frob']);
});

test('a value is taken as it comes', () => {
  assert.deepEqual(read('-getkey', 'x', '-p', '-f', '-config', '-'), {
    verb: 'getkey',
    args: ['x'],
    options: { p: '-f', config: '-' },
  });
  assert.deepEqual(read('-getkey', 'x', '-p', '').options, { p: '' });
});

test('paths, numbers and a dash alone are arguments', () => {
  assert.deepEqual(read('-dump', '/tmp/x', '-', '-5').args, ['/tmp/x', '-', '-5']);
  assert.deepEqual(read('/dump', '/dump').args, ['/dump']);
  assert.deepEqual(read('x.cer'), { verb: 'dump', args: ['x.cer'], options: {} });
  assert.deepEqual(read('-setreg', 'CA\\CRLFlags', '-CRLF_X', '+CRLF_Y').args, ['CA\\CRLFlags', '-CRLF_X', '+CRLF_Y']);
  assert.deepEqual(read('-setreg', '-f', '-A', '-A'), { verb: 'setreg', args: ['-A', '-A'], options: { f: '' } });
});

test('help is asked for in each way', () => {
  for (const argv of [['-?'], ['/?'], ['--help'], ['-?', '-getkey'], ['-getkey', 'x', '-bad', '-?']]) {
    const line = parse(...argv);
    assert.ok(line.kind === 'help' && !line.showHidden);
    assert.equal(line.verb?.verb, argv.includes('-getkey') ? 'getkey' : undefined);
  }
  const hidden = parse('-v', '-uSAGE');
  assert.ok(hidden.kind === 'help' && hidden.showHidden && hidden.options.has('v'));
  assert.deepEqual(fault('-usage'), ['Unknown arg: -usage', 'Unknown arg: -usage']);
});

test('--json is no option of a verb', () => {
  assert.equal(parse('-json', '-dump', 'x').isJson, true);
  assert.equal(parse('--JSON', '-getkey').isJson, true);
  assert.equal(parse('-dump', 'x').isJson, false);
});

test('faults say what was wrong', () => {
  assert.deepEqual(fault('-foo'), ['Unknown arg: -foo', 'Unknown arg: -foo']);
  assert.deepEqual(fault('-getkey', 'x', '-Foo'), ['Unknown arg: -Foo', 'Unknown arg: -Foo']);
  assert.deepEqual(fault('-getkey'), ['Expected at least 1 args, received 0', 'Missing argument']);
  assert.deepEqual(fault(), ['Expected at least 1 args, received 0', 'Missing argument']);
  assert.deepEqual(fault('-dump', '1', '2', '3', '4'), [
    'Expected no more than 3 args, received 4',
    'Too many arguments',
  ]);
  assert.deepEqual(fault('-getkey', 'x', '-config'), ['Expected a value after -config', 'Missing argument']);
  assert.deepEqual(fault('-dump', 'x', '-p', '1'), ['Unexpected option: -p', 'Unexpected option: -p']);
  assert.equal(parse('-dump', 'x', '-v').kind, 'verb');
});

test('without a default verb one must be named', () => {
  const line = parseCommandLine(['x'], { verbs: VERBS, options: OPTIONS });
  assert.ok(line.kind === 'fault' && line.what === 'Expected a verb');
});
