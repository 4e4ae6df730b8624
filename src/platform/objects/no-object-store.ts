import { disabled } from '../../shared/errors/domain-error.js';
import { ObjectStore } from './object-store.js';

/** Used if no object storage is configured: every operation throws `disabled`. */
export class NoObjectStore extends ObjectStore {
  assertConfigured(): never {
    throw disabled('METAL_API_S3_ADDRESS');
  }

  async put(): Promise<never> {
    return this.assertConfigured();
  }

  async list(): Promise<never> {
    return this.assertConfigured();
  }

  async remove(): Promise<never> {
    return this.assertConfigured();
  }

  async presign(): Promise<never> {
    return this.assertConfigured();
  }
}
