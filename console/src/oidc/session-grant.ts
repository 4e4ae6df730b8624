import type { SessionGrant } from '../api/session.js';
import type { Grant } from './protocol.js';
import type { Provider } from './providers.js';

/** What a session keeps of a grant that the issuer has made just now. */
export const sessionGrant = ({ issuer, clientId }: Provider, { refreshToken, lifetime }: Grant): SessionGrant => ({
  issuer,
  clientId,
  refreshToken,
  ends: Date.now() + lifetime * 1000,
});
