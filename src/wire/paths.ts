/** Where the service answers. */

/** The interfaces, one below each name: `POST /api/v1/authority/submit`. */
export const API = '/api/v1/';
/** `GET`, for everybody. */
export const KNOWN_AUTHORITY_PATH = '/api/v1/known-authority';
/** CRLs and CA certificates, as the CDP and AIA URLs of AD CS name them; for everybody. */
export const CERT_ENROLL = '/CertEnroll/';

/** One value a line. */
export const LINES = 'application/x-ndjson';
export const JSON_TYPE = 'application/json';
