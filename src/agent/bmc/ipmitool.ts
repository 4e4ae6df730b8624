import { execFile } from 'node:child_process';
import type { ExecFileException } from 'node:child_process';
import { BmcError } from './bmc.js';
import type { BmcTarget } from './bmc.js';

export interface IpmitoolOptions {
  /** The program; found on the PATH unless given with a folder. */
  readonly program: string;
  /** PATH of the program. */
  readonly path: string;
  /** Cipher suites of lanplus, tried in this order; the one that a BMC takes is remembered. */
  readonly cipherSuites: readonly number[];
  /** After so many milliseconds the program is killed. */
  readonly timeoutMs: number;
  /** Seconds that ipmitool waits for each answer, and how often it asks. */
  readonly answerSeconds: number;
  readonly answerTries: number;
  /** Ends calls that are under way, and every later one at once. */
  readonly signal?: AbortSignal;
}

export const IPMITOOL_DEFAULTS: IpmitoolOptions = {
  program: 'ipmitool',
  path: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  // 17 is HMAC-SHA256; 3 is HMAC-SHA1, all that older BMCs have.
  cipherSuites: [17, 3],
  timeoutMs: 20_000,
  answerSeconds: 1,
  answerTries: 4,
};

interface Run {
  readonly error: ExecFileException | null;
  /** Everything it said, without the password. */
  readonly output: string;
}

/** Runs ipmitool against BMCs over the network. */
export class Ipmitool {
  /** Cipher suites that worked, by BMC. */
  private readonly known = new Map<string, number>();

  constructor(private readonly options: IpmitoolOptions = IPMITOOL_DEFAULTS) {}

  /** Runs one ipmitool command; resolves to what it printed. Throws BmcError. */
  async run(target: BmcTarget, args: readonly string[]): Promise<string> {
    if (target.interface === 'lan') return this.judge(target, await this.exec(target, args));
    const suites = this.suitesFor(target);
    for (const suite of suites) {
      const run = await this.exec(target, args, suite);
      if (isCipherMismatch(run)) continue;
      // A BMC that refuses a command has taken the suite.
      this.known.set(nameOf(target), suite);
      return this.judge(target, run);
    }
    this.known.delete(nameOf(target));
    throw new BmcError('refused', `BMC ${nameOf(target)} takes none of the cipher suites ${suites.join(', ')}`);
  }

  private suitesFor(target: BmcTarget): readonly number[] {
    const known = this.known.get(nameOf(target));
    if (known === undefined) return this.options.cipherSuites;
    return [known, ...this.options.cipherSuites.filter((suite) => suite !== known)];
  }

  private exec(target: BmcTarget, args: readonly string[], suite?: number): Promise<Run> {
    const { program, path, timeoutMs: timeout, answerSeconds, answerTries, signal } = this.options;
    const connection = ['-I', target.interface, '-H', target.host, '-p', String(target.port), '-U', target.user];
    const cipher = suite === undefined ? [] : ['-C', String(suite)];
    const patience = ['-N', String(answerSeconds), '-R', String(answerTries)];
    // -E takes the password from the environment: arguments are visible in the list of processes.
    const all = [...connection, '-E', ...cipher, ...patience, '-v', ...args];
    const env = { PATH: path, LC_ALL: 'C', IPMITOOL_PASSWORD: target.password };
    return new Promise((resolve) => {
      execFile(program, all, { env, timeout, killSignal: 'SIGKILL', signal }, (error, stdout, stderr) =>
        resolve({ error, output: withoutSecret(`${stdout}\n${stderr}`, target.password) }),
      );
    });
  }

  private judge(target: BmcTarget, { error, output }: Run): string {
    if (error === null) return output;
    const bmc = `BMC ${nameOf(target)}`;
    if (error.code === 'ENOENT' || error.code === 'EACCES') {
      throw new BmcError('tool', `${this.options.program} cannot be run: ${error.code}`);
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
  output.trim().split('\n').at(-1)?.trim() || 'ipmitool failed without a word';
