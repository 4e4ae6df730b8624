import { DomainError } from '../../shared/errors/domain-error.js';

/**
 * 403, the status of every failure of authentication and authorization; never 401 (docs/reference/http.md#error-body).
 */
export const forbidden = (message: string): DomainError => new DomainError('forbidden', message);
