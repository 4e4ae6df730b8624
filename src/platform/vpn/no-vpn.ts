import { disabled } from '../../shared/errors/domain-error.js';
import { Vpn } from './vpn.js';

/** Used if no VPN is configured. */
export class NoVpn extends Vpn {
  readonly enabled = false;
  readonly address = '';

  async ensureUser(): Promise<never> {
    throw off();
  }

  async createKey(): Promise<never> {
    throw off();
  }

  async expireKey(): Promise<never> {
    throw off();
  }

  async nodes(): Promise<never> {
    throw off();
  }

  async removeNode(): Promise<never> {
    throw off();
  }
}

const off = (): Error => disabled('METAL_API_HEADSCALE_ADDR');
