import type { VpnMembership } from './vpn.js';
import type { VPNRequest, VPNResponse } from './vpn.dto.js';
import type { KeyRequest } from './vpn.service.js';

export const toKeyRequest = ({ pid, ephemeral, expiration, reason }: VPNRequest): KeyRequest => ({
  project: pid ?? '',
  ephemeral: ephemeral ?? false,
  expiration: expiration ?? 0,
  reason: reason ?? '',
});

export const toVPNResponse = ({ address, authKey }: VpnMembership): VPNResponse => ({ address, auth_key: authKey });
