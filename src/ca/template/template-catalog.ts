/** The templates of the forest and those a CA issues, decoded once for as long as the configuration partition stays as it is. */
import type { Directory } from '../ports.ts';
import type { LoadedTemplates } from './template-events.ts';
import { publishedTemplates, readTemplates } from './templates-in-directory.ts';

interface Catalog extends LoadedTemplates {
  readonly changeNumber: string;
}

export type TemplatesLoaded = (before: LoadedTemplates | undefined, after: LoadedTemplates) => Promise<void>;

export class TemplateCatalog {
  readonly #directory: Directory;
  readonly #shortName: string;
  readonly #loaded: TemplatesLoaded;
  #catalog: Catalog | undefined;
  #reading: { readonly changeNumber: string; readonly catalog: Promise<Catalog> } | undefined;

  /**
   * `shortName` is the CA's sanitized short name, under which its enrollment service stands. `loaded` is told of templates
   * that were read anew before anybody gets them.
   */
  constructor(directory: Directory, shortName: string, loaded: TemplatesLoaded = async () => undefined) {
    this.#directory = directory;
    this.#shortName = shortName;
    this.#loaded = loaded;
  }

  async read(): Promise<LoadedTemplates> {
    const changeNumber = await this.#directory.changeNumber(this.#directory.configurationDN);
    if (this.#catalog?.changeNumber === changeNumber) return this.#catalog;
    // Who comes meanwhile waits for the same reading, so that it is told of once.
    if (this.#reading?.changeNumber !== changeNumber)
      this.#reading = { changeNumber, catalog: this.#load(changeNumber) };
    const { catalog } = this.#reading;
    try {
      return await catalog;
    } finally {
      if (this.#reading?.catalog === catalog) this.#reading = undefined;
    }
  }

  async #load(changeNumber: string): Promise<Catalog> {
    const [templates, published] = await Promise.all([
      readTemplates(this.#directory),
      publishedTemplates(this.#directory, this.#shortName),
    ]);
    const catalog = { changeNumber, templates, published };
    await this.#loaded(this.#catalog, catalog);
    this.#catalog = catalog;
    return catalog;
  }
}
