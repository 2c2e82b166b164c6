/**
 * Passwords and tokens beside the directory, one small file each, readable by the owner alone: `passwords/SID`, `tokens/ID`.
 * The directory's own objects are open to everybody who signed in, so none of this stands in them. Several processes may
 * change them, because a file is made, replaced or gone as a whole.
 */
import { join } from 'node:path';
import { isSid } from '#ca/template/sid';
import { fileVersion, listDirectory, makePrivateDirectory, removeFile } from '#files/durable-file';
import { readJsonFile, writeJsonFile } from '#files/json-file';
import { hresult } from '#hresult/hresult-error';
import type { Credentials, TokenInfo } from '../sign-in.ts';
import { isPasswordOf, isWeaker, makeVerifier, type PasswordVerifier, requireAcceptable } from './password-verifier.ts';
import { isCurrent, newToken, opens, parseToken, type TokenFile, tokenInfo } from './token-file.ts';

export interface CredentialsOptions {
  readonly directory: string;
  readonly now: () => Date;
}

const HINT = 'set the password anew: certhaven passwd';
const TOKEN_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_DESCRIPTION = 200;
/** Tokens in use whose files are kept as they were read. */
const KEPT_TOKENS = 10_000;
/** Of one account at once. Who signs in oftener loses the oldest sign-in, and no folder grows without end. */
const MOST_TOKENS = 100;

export function openCredentials({ directory, now }: CredentialsOptions): Credentials {
  const passwords = join(directory, 'passwords');
  const tokens = join(directory, 'tokens');
  const passwordFile = (sid: string) => join(passwords, requireSid(sid));
  const tokenFile = (id: string) => join(tokens, id);

  const known = new Map<string, { readonly version: string; readonly file: TokenFile }>();
  /** Read again only once it was replaced: a token comes with every call, and one that was revoked opens no more. */
  const readToken = async (id: string): Promise<TokenFile | undefined> => {
    const path = tokenFile(id);
    const version = fileVersion(path);
    const kept = known.get(id);
    if (version !== undefined && kept?.version === version) return kept.file;
    known.delete(id);
    const file = await readJsonFile<TokenFile>(path, HINT);
    if (known.size >= KEPT_TOKENS) known.clear();
    if (version !== undefined && file !== undefined) known.set(id, { version, file });
    return file;
  };

  const savePassword = async (sid: string, password: string) => {
    await makePrivateDirectory(passwords);
    await writeJsonFile(passwordFile(sid), await makeVerifier(password));
  };
  /** Every token of the account with its file, expired ones too. */
  const tokensOf = async (sid: string) => {
    const found: { readonly id: string; readonly file: TokenFile }[] = [];
    for (const id of await listDirectory(tokens)) {
      const file = await readJsonFile<TokenFile>(tokenFile(id), HINT);
      if (file?.sid === sid) found.push({ id, file });
    }
    return found;
  };

  const makeRoom = async (sid: string) => {
    const found = await tokensOf(sid);
    const ended = found.filter(({ file }) => !isCurrent(file, now()));
    const current = found.filter((each) => !ended.includes(each));
    current.sort((a, b) => a.file.created.localeCompare(b.file.created));
    const surplus = current.slice(0, Math.max(0, current.length - MOST_TOKENS + 1));
    for (const { id } of [...ended, ...surplus]) await removeFile(tokenFile(id));
  };

  return {
    async setPassword(sid, password) {
      requireAcceptable(password);
      await savePassword(sid, password);
      for (const { id } of await tokensOf(sid)) await removeFile(tokenFile(id));
    },
    async hasPassword(sid) {
      return (await readJsonFile(passwordFile(sid), HINT)) !== undefined;
    },
    async isPassword(sid, password) {
      const verifier = sid === undefined ? undefined : await readJsonFile<PasswordVerifier>(passwordFile(sid), HINT);
      const isRight = await isPasswordOf(verifier, password);
      if (isRight && sid !== undefined && verifier && isWeaker(verifier)) await savePassword(sid, password);
      return isRight;
    },
    async issueToken(sid, description) {
      const { token, id, hash } = newToken();
      const created = now();
      const expires = new Date(created.getTime() + TOKEN_DAYS * DAY_MS);
      const file: TokenFile = {
        sid: requireSid(sid),
        created: created.toISOString(),
        expires: expires.toISOString(),
        description: description.slice(0, LONGEST_DESCRIPTION),
        hash,
      };
      await makePrivateDirectory(tokens);
      await makeRoom(sid);
      await writeJsonFile(tokenFile(id), file);
      return { token, id, expires };
    },
    async accountOf(token) {
      const parsed = parseToken(token);
      const file = parsed && (await readToken(parsed.id));
      return parsed && file && opens(file, parsed.secret, now()) ? { sid: file.sid, id: parsed.id } : undefined;
    },
    async tokens(sid) {
      const infos: TokenInfo[] = [];
      for (const { id, file } of await tokensOf(sid)) {
        if (isCurrent(file, now())) infos.push(tokenInfo(id, file));
        else await removeFile(tokenFile(id));
      }
      return infos.sort((a, b) => a.created.getTime() - b.created.getTime());
    },
    async revokeToken(sid, id) {
      const isOwn = (await tokensOf(sid)).some((each) => each.id === id);
      return isOwn && removeFile(tokenFile(id));
    },
  };
}

/** A name of a file, and nothing that leaves its folder. */
function requireSid(sid: string): string {
  if (isSid(sid)) return sid;
  throw hresult('ERROR_INVALID_SID', sid);
}
