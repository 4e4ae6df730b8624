import { randomBytes } from 'node:crypto';
import { agentName, BrokerNames, DEFAULT_INSTALLATION, escapeToken } from '../platform/bus/nats/subjects.js';
import { readOptions } from './read-options.js';
import { OptionError } from './usage-error.js';

export const USAGE = `usage: metal-api agent-credentials --partition ID [--installation NAME]

Prints what the agent of a new partition needs: the broker's user with its permissions for nats.conf, the agent's
settings with a new random password, and the steps for a client certificate. Stores nothing and calls nothing.
--installation is METAL_API_INSTALLATION of the servers; default "${DEFAULT_INSTALLATION}".`;

const TEXT = { type: 'string' } as const;
const OPTIONS = { partition: { type: 'string', short: 'p' }, installation: TEXT } as const;

export async function run(args: readonly string[]): Promise<number> {
  const { partition, installation = DEFAULT_INSTALLATION } = readOptions(args, OPTIONS);
  if (partition === undefined || partition === '') throw new OptionError('--partition is required');
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(installation)) {
    throw new OptionError(`--installation is "${installation}", expected lower-case letters, digits and "-"`);
  }
  console.log(agentCredentials(partition, installation, randomBytes(24).toString('base64url')));
  return Promise.resolve(0);
}

/** The complete text for operators. */
export function agentCredentials(partition: string, installation: string, password: string): string {
  const user = agentName(partition);
  const variable = `METAL_NATS_${escapeToken(partition)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '_')}_PASSWORD`;
  return `# 1. Add this user to "users" in nats.conf, set ${variable} in the environment of nats-server to the
#    password below (with inner quotes, as shown), and reload it (nats-server --signal reload).

${userBlock(partition, installation, variable)}

${variable}='"${password}"'

# 2. Settings of the agent, /etc/metal-agent/environment (mode 0600):

METAL_API_AGENT_PARTITION=${partition}
METAL_API_INSTALLATION=${installation}
METAL_API_NATS_URL=nats://BROKER:4222
METAL_API_NATS_USER=${user}
METAL_API_NATS_PASSWORD=${password}

# 3. TLS, which production needs because commands carry the passwords of BMCs. Create a CA, a certificate of the broker
#    (BROKER is its host name, not its address), and client certificates of the servers and of the agent, unless you have
#    your own. Existing files stay, so the same command adds a partition to those that have certificates:

deploy/make-certificates.sh -d broker-certificates -s BROKER,localhost metal-api ${shellQuoted(partition)}

#    If the broker has no TLS yet, give servers and agents their certificates first. Settings of the servers:

METAL_API_NATS_CA_FILE=/etc/metal-api/broker-ca.crt
METAL_API_NATS_CERT_FILE=/etc/metal-api/metal-api.crt
METAL_API_NATS_KEY_FILE=/etc/metal-api/metal-api.key

#    Then add to nats.conf, so that only clients with a certificate of this CA get as far as the password:

tls {
  cert_file: "/etc/nats/server.crt"
  key_file: "/etc/nats/server.key"
  ca_file: "/etc/nats/ca.crt"
  verify: true
}

#    Copy ca.crt, ${partition}.crt and ${partition}.key to the agent, readable for its group, and add to its settings:

install -m 0640 -g metal-agent ca.crt ${shellQuoted(`${partition}.crt`)} ${shellQuoted(`${partition}.key`)} /etc/metal-agent/

METAL_API_NATS_CA_FILE=/etc/metal-agent/ca.crt
METAL_API_NATS_CERT_FILE=/etc/metal-agent/${partition}.crt
METAL_API_NATS_KEY_FILE=/etc/metal-agent/${partition}.key`;
}

/** The block of deploy/nats.conf: an agent reads only commands of its partition and reports only its own results. */
function userBlock(partition: string, installation: string, variable: string): string {
  const names = new BrokerNames(installation);
  const consumer = `${names.commandStream}.${agentName(partition)}`;
  const results = `${installation}.result.${escapeToken(partition)}.*`;
  return `{
  user: ${agentName(partition)}
  password: $${variable}
  permissions: {
    publish: [
      "${results}"
      "$JS.API.CONSUMER.INFO.${consumer}"
      "$JS.API.CONSUMER.MSG.NEXT.${consumer}"
      "$JS.ACK.${consumer}.>"
    ]
    subscribe: ["_INBOX.${agentName(partition)}.>"]
  }
}`;
}

const shellQuoted = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
