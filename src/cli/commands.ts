/** A subcommand of the program; its code is loaded only when it runs. */
export interface CliCommand {
  readonly summary: string;
  load(): Promise<Program>;
}

interface Program {
  /** Text that `--help` prints; also shown below the error message for invalid options. */
  readonly USAGE: string;
  /** Runs the command; `args` follow its name. Resolves to the exit code. Throws OptionError for invalid arguments. */
  run(this: void, args: readonly string[]): Promise<number>;
}

export const CLI_COMMANDS: Readonly<Record<string, CliCommand>> = {
  serve: { summary: 'runs the server until SIGTERM or SIGINT', load: () => import('./serve.js') },
  migrate: {
    summary: 'migrates the database to the current schema; --dry-run only lists pending migrations',
    load: () => import('./migrate.js'),
  },
  'dump-spec': {
    summary: 'prints the Swagger 2.0 document; --output FILE writes it to a file',
    load: () => import('./dump-spec.js'),
  },
  token: { summary: 'creates, lists and revokes API tokens', load: () => import('./token.js') },
  doctor: {
    summary: 'checks an installation from outside and inside, and names the next step for each problem',
    load: () => import('./doctor.js'),
  },
  fsck: {
    summary: 'checks the consistency of networking data; --repair repairs everything that needs no decision',
    load: () => import('./fsck.js'),
  },
  backup: {
    summary: 'writes a consistent backup of the database to a file, while servers run',
    load: () => import('./backup.js'),
  },
  restore: {
    summary: 'restores a backup into an empty database; --verify only checks it',
    load: () => import('./restore.js'),
  },
  import: {
    summary: 'reads an existing metal-stack installation and writes it into this database; plan, run, verify',
    load: () => import('./import.js'),
  },
  'encryption-key': {
    summary: 'creates and manages key files for the encryption of secrets at rest',
    load: () => import('./encryption-key.js'),
  },
  'rotate-encryption-key': {
    summary: 're-encrypts all stored secrets with the current key',
    load: () => import('./rotate-encryption-key.js'),
  },
  agent: {
    summary: 'executes the commands of one partition on its BMCs; --partition ID',
    load: () => import('./agent.js'),
  },
  'agent-credentials': {
    summary: "prints the broker's user, the settings and the certificate steps for a partition's agent",
    load: () => import('./agent-credentials.js'),
  },
  console: {
    summary: 'serves the serial consoles of machines by SSH',
    load: () => import('./console.js'),
  },
  'image-cache': {
    summary: 'mirrors OS images, kernels and boot images to a partition and serves them; status shows them',
    load: () => import('./image-cache.js'),
  },
  simulate: {
    summary: 'runs a simulated partition against a server',
    load: () => import('./simulate.js'),
  },
  'install-lab': {
    summary: 'creates the master data of a simulated partition',
    load: () => import('./install-lab.js'),
  },
  demo: {
    summary: 'runs a server with a simulated partition; --smoke runs an end-to-end test once',
    load: () => import('./demo/demo.js'),
  },
  'machine-liveliness': {
    summary: 'evaluates the liveliness of all machines once; servers do so every minute',
    load: () => import('./machine-liveliness.js'),
  },
  'resurrect-machines': {
    summary: 'reboots free machines that are dead; servers do so every hour',
    load: () => import('./resurrect-machines.js'),
  },
  'machines-vpn-connected': {
    summary: 'evaluates once which firewalls are connected to the VPN; servers do so every minute',
    load: () => import('./machines-vpn-connected.js'),
  },
  'delete-orphan-images': {
    summary: 'deletes expired images that are not in use; servers do so every hour',
    load: () => import('./delete-orphan-images.js'),
  },
  version: { summary: 'prints version and revision', load: () => import('./version.js') },
};

/** Lists all commands; the output of `--help` without a command. */
export function overview(): string {
  const width = Math.max(...Object.keys(CLI_COMMANDS).map((command) => command.length));
  const lines = Object.entries(CLI_COMMANDS).map(([command, { summary }]) => `  ${command.padEnd(width)}  ${summary}`);
  return `usage: metal-api COMMAND [options]\n\n${lines.join('\n')}\n\nRun "metal-api COMMAND --help" for details.`;
}
