import type { CaInfo, ExchangeCertificate } from '#ca/api';
import type { Json } from '../../io/verb.ts';

/** What a property reads from. */
export interface PropertySource {
  readonly info: CaInfo;
  readonly now: Date;
  /** Asks the CA, which makes one where none is current. */
  exchange(): Promise<ExchangeCertificate>;
}

/** What stands behind the label: the first line, further lines, and the value for --json. */
export interface PropertyValue {
  readonly text: string;
  readonly more?: readonly string[];
  readonly value: Json;
}

export interface CaProperty {
  readonly name: string;
  readonly label: string;
  /** Of an indexed property: how many values there are. */
  readonly count?: (info: CaInfo) => number;
  /** Shown only where it is named, or with `*`: it is long, or the CA has to work for it. */
  readonly isBinary?: true;
  /** Undefined where the CA has no such value. */
  readonly read: (
    source: PropertySource,
    index: number,
  ) => PropertyValue | undefined | Promise<PropertyValue | undefined>;
}
