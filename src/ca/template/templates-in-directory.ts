/** The forest's templates and which of them a CA issues, as they stand in the directory. MS-CRTD 2, MS-WCCE 2.2.2.11.2. */
import type { Directory } from '../ports.ts';
import { decodeTemplateAttributes } from './attributes.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { findTemplate } from './matching.ts';

const PUBLIC_KEY_SERVICES = 'CN=Public Key Services,CN=Services';

export function templatesContainer(directory: Pick<Directory, 'configurationDN'>): string {
  return `CN=Certificate Templates,${PUBLIC_KEY_SERVICES},${directory.configurationDN}`;
}

export function enrollmentServicesContainer(directory: Pick<Directory, 'configurationDN'>): string {
  return `CN=Enrollment Services,${PUBLIC_KEY_SERVICES},${directory.configurationDN}`;
}

/** A CA's pKIEnrollmentService object; its certificateTemplates are what the CA issues. */
export function enrollmentService(directory: Pick<Directory, 'configurationDN'>, shortName: string): string {
  return `CN=${shortName},CN=Enrollment Services,${PUBLIC_KEY_SERVICES},${directory.configurationDN}`;
}

export function kraContainer(directory: Pick<Directory, 'configurationDN'>, shortName: string): string {
  return `CN=${shortName},${kraContainers(directory)}`;
}

/** Holds an object a CA, with the key recovery agents it issued certificates to. */
export function kraContainers(directory: Pick<Directory, 'configurationDN'>): string {
  return `CN=KRA,${PUBLIC_KEY_SERVICES},${directory.configurationDN}`;
}

export function aiaContainer(directory: Pick<Directory, 'configurationDN'>, shortName: string): string {
  return `CN=${shortName},CN=AIA,${PUBLIC_KEY_SERVICES},${directory.configurationDN}`;
}

/** Whose certificates the forest lets people sign in with: cACertificate of one object for all CAs. */
export function ntAuthCertificates(directory: Pick<Directory, 'configurationDN'>): string {
  return `CN=NTAuthCertificates,${PUBLIC_KEY_SERVICES},${directory.configurationDN}`;
}

export function certificationAuthoritiesContainer(
  directory: Pick<Directory, 'configurationDN'>,
  shortName: string,
): string {
  return `CN=${shortName},CN=Certification Authorities,${PUBLIC_KEY_SERVICES},${directory.configurationDN}`;
}

export async function readTemplates(directory: Directory): Promise<CertificateTemplate[]> {
  const objects = await directory.children(templatesContainer(directory));
  return objects.map(decodeTemplateAttributes);
}

export async function readTemplate(directory: Directory, token: string): Promise<CertificateTemplate | undefined> {
  return findTemplate(await readTemplates(directory), token);
}

/** Common names of the templates this CA issues. */
export async function publishedTemplates(directory: Directory, shortName: string): Promise<string[]> {
  const object = await directory.object(enrollmentService(directory, shortName));
  return (object?.attributes.get('certificateTemplates') ?? []).filter((value) => typeof value === 'string');
}
