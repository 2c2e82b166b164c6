import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import { CA_PROPERTIES, type CaProperty, type PropertySource, type PropertyValue } from './ca-info-properties.ts';
import type { CertutilContext } from './context.ts';
import { propertyIndex } from './property-index.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -CAInfo [InfoName [Index]]`: everything but certificates and CRLs without a name, with them for `*`. */
export async function run(context: CertutilContext): Promise<Json> {
  const [name, typedIndex] = context.args as [string | undefined, string | undefined];
  const wanted = propertiesOf(name);
  return withAuthority(context, async (authority) => {
    const source: PropertySource = {
      info: await authority.info(),
      now: context.clock.now(),
      exchangeCertificate: async () => (await authority.exchangeCertificate()).certificate,
    };
    const answer: Record<string, Json> = {};
    for (const property of wanted) {
      const found = await show(context, property, source, typedIndex);
      if (found !== undefined) answer[property.name] = found;
      else if (wanted.length === 1) throw hresult('ERROR_FILE_NOT_FOUND', `The CA has no ${property.label}.`);
    }
    return answer;
  });
}

/** What Microsoft's reference lists beside CA_PROPERTIES. */
const NOT_OFFERED: readonly string[] = [
  ...['sharedfolder', 'error1', 'error2', 'info', 'certstatuscode', 'certchain', 'certcrlchain', 'xchgchain'],
  ...['xchgcrlchain', 'crossstate+', 'crossstate-', 'cross+', 'cross-', 'deltacrl', 'deltacrlstatus', 'csp', 'ocsp'],
  ...['aia', 'cdp', 'localename', 'subjecttemplateoids'],
];

function propertiesOf(name: string | undefined): readonly CaProperty[] {
  if (name === undefined) return CA_PROPERTIES.filter(({ isBinary }) => !isBinary);
  if (name === '*') return CA_PROPERTIES;
  const found = CA_PROPERTIES.find((property) => property.name.toLowerCase() === name.toLowerCase());
  if (found) return [found];
  if (NOT_OFFERED.includes(name.toLowerCase())) {
    throw hresult('ERROR_NOT_SUPPORTED', `The property ${name} is not offered.`, {
      hint: 'certutil -CAInfo shows those that are',
    });
  }
  throw hresult('ERROR_INVALID_PARAMETER', `"${name}" is no property of the CA.`, {
    hint: `One of ${CA_PROPERTIES.map((property) => property.name).join(' ')}.`,
  });
}

/** Prints one property and answers its value: a list for an indexed one that no index was typed for. */
async function show(
  { out }: CertutilContext,
  property: CaProperty,
  source: PropertySource,
  typedIndex: string | undefined,
): Promise<Json | undefined> {
  const print = (label: string, { text, more = [] }: PropertyValue) => {
    out(text === '' ? `${label}:` : `${label}: ${text}`);
    for (const line of more) out(line);
  };
  if (property.count === undefined) {
    const value = await property.read(source, 0);
    if (value) print(property.label, value);
    return value?.value;
  }
  const count = property.count(source.info);
  const indexes =
    typedIndex === undefined
      ? Array.from({ length: count }, (_, index) => index)
      : [propertyIndex(typedIndex, count, property.label)];
  const values: Json[] = [];
  for (const index of indexes) {
    const value = await property.read(source, index);
    if (value) print(`${property.label}[${index}]`, value);
    values.push(value?.value ?? null);
  }
  return values.length > 0 && values.every((value) => value === null) ? undefined : values;
}
