import { formatHresult } from '#hresult/format';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import { CA_PROPERTIES } from './ca-info/properties.ts';
import type { CaProperty, PropertySource, PropertyValue } from './ca-info/property.ts';
import type { CertutilContext } from './context.ts';
import { propertyIndex } from './property-index.ts';
import { requireMessageText, typedCode } from './text/typed-code.ts';
import { withAuthority } from './with-authority.ts';

/**
 * `certutil -CAInfo [InfoName [Index | ErrorCode]]`: everything but certificates and CRLs without a name, with them for
 * `*`. What the CA does not have is left out of the list, and ERROR_FILE_NOT_FOUND where it is named.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const [name, argument] = context.args as [string | undefined, string | undefined];
  return withAuthority(context, async (authority) => {
    if (name !== undefined && isErrorText(name)) return showErrorText(context, name, argument);
    const wanted = propertiesOf(name);
    const source: PropertySource = {
      info: await authority.info(),
      now: context.clock.now(),
      exchange: once(() => authority.exchangeCertificate()),
    };
    const answer: Record<string, Json> = {};
    for (const property of wanted) {
      const found = await show(context, property, source, argument);
      if (found !== undefined) answer[property.name] = found;
      else if (wanted.length === 1)
        throw hresult('ERROR_FILE_NOT_FOUND', `The CA has no ${property.label}.`, {
          hint: 'certutil -CAInfo lists what there is',
        });
    }
    return answer;
  });
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

const ERROR_TEXT_LABELS: Readonly<Record<string, string>> = {
  error1: 'Error message text',
  error2: 'Error message text and error code',
};

function isErrorText(name: string): boolean {
  return name.toLowerCase() in ERROR_TEXT_LABELS;
}

/** ICertRequest2::GetErrorMessageText, for error2 with CR_GEMT_HRESULT_STRING. The layout behind the label is assumed. */
function showErrorText({ out }: CertutilContext, typedName: string, typed: string | undefined): Json {
  const name = typedName.toLowerCase();
  if (typed === undefined)
    throw hresult('ERROR_INVALID_PARAMETER', `${typedName} needs an error code.`, {
      hint: `certutil -CAInfo ${name} 0x80092004`,
    });
  const code = typedCode(typed);
  const message = requireMessageText(code, typed);
  const shown = name === 'error2' ? `${message} ${formatHresult(code)}` : message;
  out(`${ERROR_TEXT_LABELS[name]}: ${shown}`);
  return { [name]: shown };
}

function propertiesOf(name: string | undefined): readonly CaProperty[] {
  if (name === undefined) return CA_PROPERTIES.filter(({ isBinary }) => !isBinary);
  if (name === '*') return CA_PROPERTIES;
  // Microsoft's reference lists OCSP URLs as csp in some editions, as ocsp in others.
  const wanted = name.toLowerCase() === 'csp' ? 'ocsp' : name.toLowerCase();
  const found = CA_PROPERTIES.find((property) => property.name.toLowerCase() === wanted);
  if (found) return [found];
  throw hresult('ERROR_INVALID_PARAMETER', `"${name}" is no property of the CA.`, {
    hint: `One of ${CA_PROPERTIES.map((property) => property.name).join(' ')} error1 error2.`,
  });
}

/** Prints one property and answers its value: a list for an indexed one. */
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
  return values.every((value) => value === null) ? undefined : values;
}
