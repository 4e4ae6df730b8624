import { execFile } from 'node:child_process';
import type { ExecFileException } from 'node:child_process';
import { BoundedMap } from '../../shared/concurrency/bounded-map.js';
import { BMC_PASSWORD_BYTES, BMC_USER_BYTES, bytesOver } from '../../shared/net/bmc-credentials.js';
import { BmcError } from './bmc-driver.js';
import type { BmcTarget } from './bmc-driver.js';

export interface IpmitoolOptions {
  /** Name or path of the program; a bare name is searched on `path`. */
  readonly program: string;
  /** PATH in the environment of the program. */
  readonly path: string;
  /** Cipher suites of lanplus in the order in which they are tried. The one that a BMC accepts is cached. */
  readonly cipherSuites: readonly number[];
  /** Milliseconds after which the program is killed. */
  readonly timeoutMs: number;
  /** Seconds that ipmitool waits for each response, and the number of times that it sends a request. */
  readonly answerSeconds: number;
  readonly answerTries: number;
  /** Omits details of the connection, which some subcommands mix with their output. */
  readonly quiet?: boolean;
  /** Aborts calls in progress; later calls fail immediately. */
  readonly signal?: AbortSignal;
}

export const IPMITOOL_DEFAULTS: IpmitoolOptions = {
  program: 'ipmitool',
  path: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  // 17 is HMAC-SHA256; 3 is HMAC-SHA1, the best that older BMCs support.
  cipherSuites: [17, 3],
  timeoutMs: 20_000,
  answerSeconds: 1,
  answerTries: 4,
};

/** A program to start; `env` contains the password of the BMC. */
export interface PreparedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether the machine was powered on. */
  readonly isOn: boolean;
}

interface Run {
  readonly error: ExecFileException | null;
  /** stdout and stderr, without the password. */
  readonly output: string;
}

/** Maximum number of BMCs whose cipher suite is remembered: more than a partition has. */
const MAX_KNOWN = 10_000;

/** Runs ipmitool against BMCs over the network. */
export class Ipmitool {
  /** The cipher suite that each BMC accepted. */
  constructor(
    private readonly options: IpmitoolOptions = IPMITOOL_DEFAULTS,
    private readonly known = new BoundedMap<string, number>(MAX_KNOWN),
  ) {}

  /** Runs one ipmitool command and returns its output. Throws BmcError. */
  async run(target: BmcTarget, args: readonly string[]): Promise<string> {
    checkIpmiCredentials(target);
    if (target.interface === 'lan') return this.judge(target, await this.exec(target, args));
    const suites = this.suitesFor(target);
    for (const suite of suites) {
      const run = await this.exec(target, args, suite);
      if (isCipherMismatch(run)) continue;
      // A BMC that refuses the command has still accepted the suite.
      this.known.set(nameOf(target), suite);
      return this.judge(target, run);
    }
    this.known.delete(nameOf(target));
    throw new BmcError('refused', `BMC ${nameOf(target)} accepts none of the cipher suites ${suites.join(', ')}`);
  }

  /** The same program, remembering the same cipher suites, without details of the connection in its output. */
  quietly(): Ipmitool {
    return new Ipmitool({ ...this.options, quiet: true }, this.known);
  }

  private suitesFor(target: BmcTarget): readonly number[] {
    const known = this.known.get(nameOf(target));
    if (known === undefined) return this.options.cipherSuites;
    return [known, ...this.options.cipherSuites.filter((suite) => suite !== known)];
  }

  /**
   * What to start for an ipmitool command that goes on until it is ended, such as `sol activate`; `global` are options that
   * precede it. Asks the BMC for its power state first, so that it throws what `run` throws.
   */
  async prepare(target: BmcTarget, global: readonly string[], args: readonly string[]): Promise<PreparedCommand> {
    if (target.interface === 'lan')
      throw new BmcError(
        'unsupported',
        `BMC ${nameOf(target)} is registered for IPMI 1.5, which has no serial console`,
      );
    const power = await this.run(target, ['chassis', 'power', 'status']);
    const { args: connection, env } = this.connect(target, this.known.get(nameOf(target)));
    return {
      program: this.options.program,
      args: [...connection, ...global, ...args],
      env,
      isOn: /power is on/i.test(power),
    };
  }

  private exec(target: BmcTarget, args: readonly string[], suite?: number): Promise<Run> {
    const { program, timeoutMs: timeout, signal, quiet } = this.options;
    const { args: connection, env } = this.connect(target, suite);
    const all = [...connection, ...(quiet === true ? [] : ['-v']), ...args];
    return new Promise((resolve) => {
      execFile(program, all, { env, timeout, killSignal: 'SIGKILL', signal }, (error, stdout, stderr) =>
        resolve({ error, output: withoutSecret(`${stdout}\n${stderr}`, target.password) }),
      );
    });
  }

  /** -E reads the password from the environment; arguments would be visible in the process list. */
  private connect(target: BmcTarget, suite: number | undefined): Pick<PreparedCommand, 'args' | 'env'> {
    const { path, answerSeconds, answerTries } = this.options;
    const connection = ['-I', target.interface, '-H', target.host, '-p', String(target.port), '-U', target.user, '-E'];
    const cipher = suite === undefined ? [] : ['-C', String(suite)];
    const patience = ['-N', String(answerSeconds), '-R', String(answerTries)];
    return {
      args: [...connection, ...cipher, ...patience],
      env: { PATH: path, LC_ALL: 'C', IPMITOOL_PASSWORD: target.password },
    };
  }

  private judge(target: BmcTarget, { error, output }: Run): string {
    if (error === null) return output;
    const bmc = `BMC ${nameOf(target)}`;
    if (error.code === 'ENOENT' || error.code === 'EACCES') {
      throw new BmcError('tool', `cannot run ${this.options.program}: ${error.code}`);
    }
    if (error.code === 'ABORT_ERR') throw new BmcError('tool', `${this.options.program} was stopped`);
    if (error.killed) throw new BmcError('timeout', `${bmc} did not answer within ${this.options.timeoutMs} ms`);
    if (CREDENTIALS.test(output))
      throw new BmcError('credentials', `${bmc} refuses user "${target.user}" or its password`);
    if (PRIVILEGE.test(output))
      throw new BmcError('credentials', `${bmc}: user "${target.user}" lacks administrator rights`);
    const refusal = REFUSAL.exec(output)
      ?.slice(1)
      .find((text) => text !== undefined);
    if (refusal) throw new BmcError('refused', `${bmc} refuses: ${refusal.trim()}`);
    if (SILENCE.test(output)) throw new BmcError('unreachable', `${bmc} cannot be reached`);
    throw new BmcError('refused', `${bmc}: ${lastLine(output)}`);
  }
}

/** Throws BmcError `credentials` for a user or password that IPMI cannot transport. Does not quote them. */
function checkIpmiCredentials({ user, password }: BmcTarget): void {
  const tooLong = bytesOver('user', user, BMC_USER_BYTES) ?? bytesOver('password', password, BMC_PASSWORD_BYTES);
  if (tooLong !== undefined) throw new BmcError('credentials', `cannot log in to the BMC: ${tooLong}`);
}

const CREDENTIALS =
  /RAKP \d HMAC is invalid|unauthorized name|invalid user ?name|password (?:verification|invalid)|RAKP .*(?:authentication|password)/i;
const PRIVILEGE = /insufficient (?:resources for|privilege)|unauthorized role/i;
const CIPHERS =
  /invalid (?:authentication|integrity|confidentiality) algorithm|no cipher suite match|no matching (?:authentication|integrity|cipher)/i;
const REFUSAL = /rsp=0x[0-9a-f]+\): (.+)|Set Chassis Power Control to .+ failed: (.+)/i;
const SILENCE =
  /Get Auth Capabilities error|Unable to establish|Could not open socket|Address lookup .* failed|no response|timeout/i;

const isCipherMismatch = ({ error, output }: Run): boolean => error !== null && CIPHERS.test(output);

const nameOf = ({ host, port }: BmcTarget): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

const withoutSecret = (text: string, secret: string): string => (secret === '' ? text : text.replaceAll(secret, '***'));

const lastLine = (output: string): string =>
  output.trim().split('\n').at(-1)?.trim() || 'ipmitool failed without output';
