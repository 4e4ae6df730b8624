import { fetchFailure } from '../../shared/errors/fetch-failure.js';
import { RestClient, RestError, UnreachableError } from '../rest-client.js';

/** Milliseconds for one call. */
const TIMEOUT = 10_000;

/** What a console server needs to know about a machine. */
export interface ConsoleMachine {
  readonly id: string;
  readonly partition: string;
  /** Undefined for a machine that is not allocated. */
  readonly tenancy: Tenancy | undefined;
}

/** One allocation of a machine. */
export interface Tenancy {
  /** Differs between all allocations of a machine. */
  readonly id: string;
  /** Lines of authorized_keys. */
  readonly keys: readonly string[];
}

/** What is recorded about a session. */
export interface SessionRecord {
  readonly session: string;
  readonly event: 'opened' | 'closed';
  readonly caller: string;
  readonly address: string;
  readonly reason: string;
}

export interface Account {
  readonly name: string;
  readonly groups: readonly string[];
}

interface MachineAnswer {
  readonly id: string;
  readonly partition?: { readonly id?: string } | null;
  readonly allocation?: {
    readonly created: string;
    readonly allocationuuid?: string;
    readonly ssh_pub_keys?: readonly string[] | null;
  } | null;
}

/** The calls of a console server. They throw RestError and UnreachableError unless stated otherwise. */
export class ConsoleApi {
  private readonly client: RestClient;

  constructor(private readonly api: { readonly url: string; readonly hmac: string }) {
    this.client = new RestClient({ url: api.url, role: 'editor', key: api.hmac, timeout: TIMEOUT });
  }

  /** Undefined for a machine that does not exist. */
  async machine(id: string): Promise<ConsoleMachine | undefined> {
    const answer = await unlessRefused(this.client.get<MachineAnswer>(`v1/machine/${encodeURIComponent(id)}`));
    if (answer === undefined) return undefined;
    const { allocation, partition } = answer;
    return {
      id: answer.id,
      partition: partition?.id ?? '',
      tenancy: allocation
        ? { id: `${allocation.allocationuuid ?? ''} ${allocation.created}`, keys: allocation.ssh_pub_keys ?? [] }
        : undefined,
    };
  }

  /** The `ipmi` block of a machine, with the password of its BMC. */
  async ipmi(id: string): Promise<Readonly<Record<string, unknown>>> {
    type Answer = { readonly ipmi?: Readonly<Record<string, unknown>> };
    const { ipmi = {} } = await this.client.get<Answer>(`v1/machine/${encodeURIComponent(id)}/ipmi`);
    return ipmi;
  }

  /** Whether it is the console password of the machine's allocation. False also for what the API refuses. */
  async isPassword(id: string, password: string, reason: string, address: string): Promise<boolean> {
    const call = this.client.post<{ readonly valid: boolean }>(`v1/machine/${encodeURIComponent(id)}/console-login`, {
      ...{ password, reason, address },
    });
    return (await unlessRefused(call))?.valid === true;
  }

  /** Why the API cannot be used; empty if it can. Never rejects. */
  async problem(): Promise<string> {
    try {
      // The key of another role would show no passwords of BMCs.
      await this.client.get('v1/user/me');
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  async record(id: string, record: SessionRecord): Promise<void> {
    await this.client.post(`v1/machine/${encodeURIComponent(id)}/console-session`, record);
  }

  /** The account of a user's own token; undefined if the API does not accept it. */
  async account(token: string): Promise<Account | undefined> {
    const url = new URL('v1/user/me', this.api.url);
    const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) }).catch(
      (cause: unknown) => {
        throw new UnreachableError(this.api.url, cause);
      },
    );
    if (response.status >= 500) throw new RestError(response.status, `GET v1/user/me: ${response.status}`);
    if (!response.ok) return undefined;
    const user = (await response.json().catch((cause: unknown) => {
      throw new UnreachableError(this.api.url, fetchFailure(cause));
    })) as { EMail?: string; Name?: string; Subject?: string; Groups?: readonly string[] };
    return { name: user.EMail || user.Name || user.Subject || '', groups: user.Groups ?? [] };
  }
}

/** Undefined for an answer from 400 to 499, except where the caller's own credential or its rate is refused. */
async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RestError && [400, 404, 422].includes(error.status)) return undefined;
    throw error;
  }
}
