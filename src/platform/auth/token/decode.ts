import jwt from 'jsonwebtoken';
import type { JwtHeader, JwtPayload } from 'jsonwebtoken';
import { forbidden } from '../forbidden.js';

/** The contents of a token before verification. */
export interface DecodedToken {
  readonly header: JwtHeader;
  readonly payload: JwtPayload;
}

/** Decodes a token to find out who has to verify it. Throws `forbidden` if it is not a token. */
export function decodeToken(text: string): DecodedToken {
  const decoded = tryDecode(text);
  if (!isObject(decoded?.header) || !isObject(decoded.payload)) {
    throw forbidden('error parsing token: it is not a JSON Web Token');
  }
  return decoded as DecodedToken;
}

function tryDecode(text: string): { header: unknown; payload: unknown } | null {
  try {
    return jwt.decode(text, { complete: true });
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
