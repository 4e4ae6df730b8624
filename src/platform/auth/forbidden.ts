import { DomainError } from '../../shared/errors/domain-error.js';

/** 403: how every failure of authentication and authorization is answered; never 401 (reference/40 §1.5). */
export const forbidden = (message: string): DomainError => new DomainError('forbidden', message);
