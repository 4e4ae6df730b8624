import { isSecretName } from './secret-names.js';

const BLANK = '***';

/** `scheme://user:password@host`, up to the last @ before the path. */
const USER_INFO = /\b([a-z][a-z\d+.-]{0,20}:\/\/)[^\s/?#"']{1,512}@/gi;
/** Members in a text that resembles JSON or a database query: `password: "…"`, `"password":"…"`. */
const MEMBER = /(["']?)([\w-]{2,40})\1(\s{0,4}[:=]\s{0,4})(?:"(?:[^"\\\n]|\\.){0,20000}"|'(?:[^'\\\n]|\\.){0,20000}')/g;
/** Parameters in the query of a URL; signed URLs grant access to what they name. */
const PARAMETER = /([?&])([\w.-]{1,60})=([^&\s"'<>]{1,4096})/g;
const SIGNATURE = /^(?:x-amz-(?:signature|credential|security-token)|sig|signature)$/i;
const CREDENTIALS = /\b(Bearer|Basic|Metal-Admin|Metal-Edit|Metal-View)(\s+)[\w.~+/=:-]{8,}/g;
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,20000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g;

/**
 * Longer texts are truncated before processing, in characters: they are not worth reading, and processing takes time.
 */
const MAX_LENGTH = 20_000;

/**
 * A text for the log or terminal with secrets blanked: passwords in connection strings, secret members in text that
 * resembles JSON or a database query, signatures of URLs, authorization headers, private keys.
 */
export function redactText(whole: string): string {
  const text = whole.length > MAX_LENGTH ? `${whole.slice(0, MAX_LENGTH)}…` : whole;
  if (!/[@"'?&]|BEGIN |B[ea]|Metal-/.test(text)) return text;
  return text
    .replace(PRIVATE_KEY, BLANK)
    .replace(USER_INFO, `$1${BLANK}@`)
    .replace(MEMBER, (found, quote: string, name: string, between: string) =>
      isSecretName(name) ? `${quote}${name}${quote}${between}"${BLANK}"` : found,
    )
    .replace(PARAMETER, (found, mark: string, name: string) =>
      isSecretName(name) || SIGNATURE.test(name) ? `${mark}${name}=${BLANK}` : found,
    )
    .replace(CREDENTIALS, `$1$2${BLANK}`);
}
