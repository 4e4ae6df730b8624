import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Connection, ServerChannel, Session } from 'ssh2';
import type { AppLogger } from '../../shared/app-logger.js';
import { after, sleep } from '../../shared/concurrency/timers.js';
import type { Caller } from './caller.js';
import type { ConsoleApi, SessionRecord } from './console-api.js';
import { ConsoleAuth } from './console-auth.js';
import type { AuthTools } from './console-auth.js';
import { JoinError, mayStay } from './console-hub.js';
import type { ConsoleHub } from './console-hub.js';
import { ConsoleSession } from './console-session.js';
import type { EndReason } from './machine-console.js';

/** Where metalctl puts the token that it logs in with as well. */
const TOKEN_VARIABLE = 'LC_METAL_STACK_OIDC_TOKEN';
/** Milliseconds that a client may take to hang up after the end of its session. */
const GOODBYE_MS = 2000;
/** How often, and after which pauses in milliseconds, the end of a session is recorded if the API does not answer. */
const RECORD_PAUSES = [1000, 3000];

export interface ConnectionTools {
  readonly hub: ConsoleHub;
  readonly api: Pick<ConsoleApi, 'machine' | 'record'>;
  readonly auth: AuthTools;
  readonly loginTime: number;
  readonly idleTimeout: number;
  readonly onEnd: (reason: EndReason) => void;
  readonly log: AppLogger;
}

/** One SSH connection: a login, then one session on one console. Everything else that SSH offers is refused. */
export class ConsoleConnection {
  private readonly auth: ConsoleAuth;
  private hasChannel = false;
  private session: ConsoleSession | undefined;
  /** Resolves when the end of the session was recorded. */
  done: Promise<void> = Promise.resolve();

  constructor(
    connection: Connection,
    private readonly socket: Socket,
    private readonly address: string,
    private readonly tools: ConnectionTools,
  ) {
    this.auth = new ConsoleAuth(tools.auth, () => this.hangUp());
    const cancel = after(tools.loginTime, () => this.hangUp());
    socket.once('close', () => {
      cancel();
      this.logRefusal();
    });
    connection.on('error', () => this.hangUp());
    connection.on('authentication', (context) => this.auth.handle(context));
    connection.on('session', (accept, reject) => {
      if (this.hasChannel) return reject();
      this.hasChannel = true;
      this.serve(accept(), cancel);
    });
  }

  /** Ends the session with a line that says why. */
  end(reason: EndReason, text: string): void {
    if (this.session) this.session.end(reason, text);
    else this.hangUp();
  }

  /** One line per connection, however many keys it has offered. */
  private logRefusal(): void {
    const { refusal } = this.auth;
    if (refusal !== undefined) this.tools.log.info(`${refusal} from ${this.address}`);
  }

  private hangUp(): void {
    this.socket.destroy();
  }

  /** What has no listener, such as exec and X11, is refused by the library. */
  private serve(session: Session, cancelLoginTime: () => void): void {
    session.on('pty', (accept) => accept?.());
    session.on('window-change', (accept) => accept?.());
    session.on('env', (accept, reject, { key }: { key: string }) => (key === TOKEN_VARIABLE ? accept : reject)?.());
    session.on('shell', (accept) => {
      const { caller } = this.auth;
      const channel = caller && accept();
      if (!caller || !channel) return this.hangUp();
      cancelLoginTime();
      this.done = this.open(caller, channel);
    });
  }

  /** Never rejects. */
  private async open(caller: Caller, channel: ServerChannel): Promise<void> {
    const session = new ConsoleSession(caller, channel, this.socket, this.tools.idleTimeout);
    this.session = session;
    const record = this.recordOf(caller);
    const isRecorded = await this.admit(caller, session, record).catch((error: Error) => {
      if (error instanceof JoinError) session.end('refused', error.message);
      else session.end('api', 'the API does not answer as expected, please try again later');
      if (!(error instanceof JoinError)) this.tools.log.warn('a session could not be opened', error);
      return true;
    });
    const reason = await session.ended;
    after(GOODBYE_MS, () => this.hangUp());
    this.tools.onEnd(reason);
    if (isRecorded) await this.recordEnd({ ...record, event: 'closed', reason });
  }

  /** Returns whether the beginning was recorded. Throws JoinError, and what the API throws. */
  private async admit(caller: Caller, session: ConsoleSession, record: SessionRecord): Promise<boolean> {
    const { api, hub, log } = this.tools;
    session.say(`console of machine ${this.auth.user}`);
    const machine = await api.machine(this.auth.user);
    if (machine === undefined || !mayStay(caller, machine)) {
      session.end('tenancy', 'the machine is no longer allocated to you');
      return false;
    }
    // No session without its record: it comes first.
    await api.record(machine.id, record);
    log.info(`session ${record.session} of ${caller.label} from ${this.address} on machine ${machine.id}`);
    session.attach(await hub.join(machine.id, session));
    return true;
  }

  private async recordEnd(record: SessionRecord): Promise<void> {
    const { api, log } = this.tools;
    log.info(`session ${record.session} has ended: ${record.reason}`);
    for (const pause of [...RECORD_PAUSES, undefined]) {
      try {
        return await api.record(this.auth.user, record);
      } catch (error) {
        if (pause === undefined) log.warn(`the end of session ${record.session} could not be recorded`, error);
        else await sleep(pause);
      }
    }
  }

  private readonly recordOf = ({ label, reason }: Caller): SessionRecord => ({
    session: randomBytes(8).toString('hex'),
    event: 'opened',
    caller: label.slice(0, 256),
    address: this.address,
    reason,
  });
}
