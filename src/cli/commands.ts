/** One subcommand of the program; loaded only when it is the one to run. */
export interface Command {
  readonly summary: string;
  load(): Promise<Program>;
}

interface Program {
  /** What `--help` prints, and what is shown below the complaint about an option. */
  readonly USAGE: string;
  /** Gets the arguments behind the command's name and resolves to the exit code. Throws OptionError for wrong ones. */
  run(this: void, args: readonly string[]): Promise<number>;
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  serve: { summary: 'runs the server until SIGTERM or SIGINT', load: () => import('./serve.js') },
  migrate: {
    summary: 'brings the database to what this program needs; --dry-run only lists what is pending',
    load: () => import('./migrate.js'),
  },
  'dump-spec': {
    summary: 'prints the Swagger 2.0 document; --output FILE writes it',
    load: () => import('./dump-spec.js'),
  },
  token: { summary: 'makes, lists and revokes API tokens', load: () => import('./token.js') },
  fsck: {
    summary: 'checks that the documents of networking agree; --repair repairs what needs no decision',
    load: () => import('./fsck.js'),
  },
  'encryption-key': {
    summary: 'makes key files for the encryption of secrets at rest',
    load: () => import('./encryption-key.js'),
  },
  'rotate-encryption-key': {
    summary: 'encrypts all stored secrets with the current key',
    load: () => import('./rotate-encryption-key.js'),
  },
  agent: {
    summary: 'carries out the commands of one partition on its BMCs; --partition ID',
    load: () => import('./agent.js'),
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
    summary: 'a server with a simulated partition to look at; --smoke plays the whole story once',
    load: () => import('./demo/demo.js'),
  },
  'machine-liveliness': {
    summary: 'evaluates once which machines are alive; a server does so every minute',
    load: () => import('./machine-liveliness.js'),
  },
  'resurrect-machines': {
    summary: 'reboots free machines that got lost; a server does so every hour',
    load: () => import('./resurrect-machines.js'),
  },
  'machines-vpn-connected': {
    summary: 'evaluates once which firewalls are in the VPN; a server does so every minute',
    load: () => import('./machines-vpn-connected.js'),
  },
  'delete-orphan-images': {
    summary: 'deletes expired images that nothing uses; a server does so every hour',
    load: () => import('./delete-orphan-images.js'),
  },
  version: { summary: 'prints version and revision', load: () => import('./version.js') },
};

/** What the program can do. */
export function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((command) => command.length));
  const lines = Object.entries(COMMANDS).map(([command, { summary }]) => `  ${command.padEnd(width)}  ${summary}`);
  return `usage: metal-api COMMAND [options]\n\n${lines.join('\n')}\n\nmetal-api COMMAND --help says more.`;
}
