import { disabled } from '../../shared/errors/domain-error.js';
import { ObjectStore } from './object-store.js';

/** Stands in where no object storage is configured: whatever is asked of it is disabled. */
export class NoObjectStore extends ObjectStore {
  require(): never {
    throw disabled('METAL_API_S3_ADDRESS');
  }

  async put(): Promise<never> {
    return this.require();
  }

  async list(): Promise<never> {
    return this.require();
  }

  async remove(): Promise<never> {
    return this.require();
  }

  async presign(): Promise<never> {
    return this.require();
  }
}
