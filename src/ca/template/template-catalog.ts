/** The templates of the forest and those a CA issues, decoded once for as long as the configuration partition stays as it is. */
import type { Directory } from '../ports.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { publishedTemplates, readTemplates } from './templates-in-directory.ts';

interface Catalog {
  readonly changeNumber: string;
  readonly templates: readonly CertificateTemplate[];
  /** Common names. */
  readonly published: readonly string[];
}

export class TemplateCatalog {
  readonly #directory: Directory;
  readonly #shortName: string;
  #catalog: Catalog | undefined;

  /** `shortName` is the CA's sanitized short name, under which its enrollment service stands. */
  constructor(directory: Directory, shortName: string) {
    this.#directory = directory;
    this.#shortName = shortName;
  }

  async read(): Promise<Omit<Catalog, 'changeNumber'>> {
    const changeNumber = await this.#directory.changeNumber(this.#directory.configurationDN);
    if (this.#catalog?.changeNumber !== changeNumber) {
      const [templates, published] = await Promise.all([
        readTemplates(this.#directory),
        publishedTemplates(this.#directory, this.#shortName),
      ]);
      this.#catalog = { changeNumber, templates, published };
    }
    return this.#catalog;
  }
}
