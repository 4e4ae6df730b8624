import type { AuthContext, KeyboardAuthContext, PublicKeyAuthContext } from 'ssh2';
import { sleep } from '../../shared/concurrency/timers.js';
import type { AppLogger } from '../../shared/app-logger.js';
import { canonicalUuid, isUuid } from '../../shared/spelling.js';
import type { Caller } from './caller.js';
import type { Login } from './login.js';
import type { LoginThrottle } from './login-throttle.js';

/** Requests of one connection; clients with more keys name the right one. */
const MAX_REQUESTS = 12;
const MAX_SECRETS = 3;
const METHODS = ['publickey', 'keyboard-interactive', 'password'] as const;

const PROMPTS = [
  { prompt: 'Console password, or token of an operator: ', echo: false },
  { prompt: 'Reason for the access: ', echo: true },
];

type Result = 'accepted' | 'refused' | 'failed';

export interface AuthTools {
  /** Called at most once: a connection has one user. */
  readonly login: (user: string) => Login;
  readonly throttle: LoginThrottle;
  /** The address for the throttle. */
  readonly address: string;
  /** Milliseconds after which a secret is refused, whatever was wrong with it. */
  readonly refusalTime: number;
  readonly observe: (method: string, result: Result) => void;
  readonly log: AppLogger;
}

/** Answers the authentication requests of one connection. */
export class ConsoleAuth {
  private login: Login | undefined;
  private requests = 0;
  private secrets = 0;
  private readonly refusedMethods = new Set<string>();
  /** Who has logged in. */
  caller: Caller | undefined;

  constructor(
    private readonly tools: AuthTools,
    private readonly hangUp: () => void,
  ) {}

  /** The machine that the caller has logged in to. */
  get user(): string {
    return this.login?.user ?? '';
  }

  /** Describes a login that has only been refused; undefined for any other. The name may be a secret that was mistyped. */
  get refusal(): string | undefined {
    if (this.caller !== undefined || this.refusedMethods.size === 0) return undefined;
    const name = canonicalUuid(this.user);
    const machine = isUuid(name) ? `machine ${name}` : 'a name that is not the ID of a machine';
    return `login to ${machine} was refused (${[...this.refusedMethods].join(', ')})`;
  }

  handle(context: AuthContext): void {
    // A failure of this code must not leave a client waiting.
    this.decide(context).catch((error: unknown) => {
      this.tools.log.warn('a login failed', error);
      this.tools.observe(context.method, 'failed');
      context.reject([...METHODS]);
    });
  }

  private async decide(context: AuthContext): Promise<void> {
    if (context.method === 'none') return context.reject([...METHODS]);
    this.login ??= this.tools.login(context.username);
    if (++this.requests > MAX_REQUESTS || this.login.user !== context.username) return this.hangUp();
    if (context.method === 'publickey') return this.byKey(context, this.login);
    if (context.method === 'password') return this.bySecret(context, this.login, context.password, '');
    if (context.method !== 'keyboard-interactive') return context.reject([...METHODS]);
    const [secret = '', reason = ''] = await answers(context);
    return this.bySecret(context, this.login, secret, reason);
  }

  private async byKey(context: PublicKeyAuthContext, login: Login): Promise<void> {
    const { key, hashAlgo, blob, signature } = context;
    const proof = signature && blob ? { blob, signature } : undefined;
    const caller = await login.byKey({ data: key.data, hashAlgo, proof });
    // Without a signature, accepting means that the client may sign.
    if (caller !== undefined && proof === undefined) return context.accept();
    this.conclude(context, caller);
  }

  private async bySecret(context: AuthContext, login: Login, secret: string, reason: string): Promise<void> {
    const { throttle, address, refusalTime } = this.tools;
    if (++this.secrets > MAX_SECRETS) return this.hangUp();
    const refusal = sleep(refusalTime);
    const attempt = throttle.allows(address) ? login.bySecret(secret, reason) : Promise.resolve(undefined);
    const caller = await attempt.catch(async (error: unknown) => {
      await refusal;
      throw error;
    });
    if (caller === undefined) {
      throttle.failed(address);
      await refusal;
    }
    this.conclude(context, caller);
  }

  private conclude(context: AuthContext, caller: Caller | undefined): void {
    this.tools.observe(context.method, caller ? 'accepted' : 'refused');
    if (caller === undefined) {
      this.refusedMethods.add(context.method);
      return context.reject([...METHODS]);
    }
    this.caller = caller;
    context.accept();
  }
}

/** Empty if the client gives up. */
const answers = (context: KeyboardAuthContext): Promise<readonly string[]> =>
  new Promise((resolve) => {
    context.prompt([...PROMPTS], (given: unknown) => resolve(Array.isArray(given) ? (given as string[]) : []));
  });
