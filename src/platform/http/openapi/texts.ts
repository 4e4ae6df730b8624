/** Texts for the OpenAPI 3 documents, in Markdown. */

const ERRORS = `**Errors** are a JSON string that contains an object with \`statuscode\` and \`message\`, because clients of v1 decode it
twice: \`"{\\"statuscode\\":404,\\"message\\":\\"no machine with id …\\"}"\`. 403 is a missing role or a credential that does not hold,
409 an object that exists already, 412 one that was changed since it was read, 422 a rule that the request violates, and 429
and 503 (with \`Retry-After\`) a busy server.`;

const ROLES = `**Roles** include one another: an admin may do what an editor may, an editor what a viewer may. To try an operation
here, paste a token at *Authorize* (\`metal-api token --subject NAME --role viewer\`; the demo prints one). The examples were
recorded at \`npm run demo\`, and work there.`;

export const V1_TEXT = `The v1 API, wire-compatible with metal-stack.

${ROLES}

${ERRORS}`;

export const OPERATORS_TEXT = `What the server offers to operators and tools in addition to v1. Paths are relative to the base path.

${ROLES}

${ERRORS}`;

const TAGS: Readonly<Record<string, string>> = {
  allocation:
    'Machines, firewalls and addresses together, all or nothing, and the list of requests that wait for machines.',
  audit: 'Who called what, and what came of it. Needs `METAL_API_AUDITING_ENABLED`.',
  backup: 'Archives of the whole database.',
  commands: 'The command journal: what BMCs were told to do, and how far it is.',
  explain: 'Why an allocation takes which machine, and why a machine is not healthy. Changes nothing.',
  filesystemlayout: 'How disks are partitioned, by size and image.',
  firewall: 'Machines that are allocated as firewalls.',
  firmware: 'Files of BIOS and BMC firmware in an S3 store.',
  fsck: 'Whether networks, addresses, numbers, machines and switches agree, and repairs.',
  health: 'Whether the services behind the server work.',
  image: 'Operating system images with their expiry.',
  ip: 'Addresses in networks, for machines and for clients.',
  machine: 'The life of a machine: registration, allocation, power, reinstallation, release.',
  network: 'Networks and their prefixes; private ones are children of a super network.',
  objects: 'Lists of all kinds as lines of JSON, in pages, and with chosen fields.',
  Partition: 'Sites with the servers, and what is free there.',
  project: 'Owners of machines, networks and addresses.',
  replicas: 'The server processes on one database, and whether this one is ready.',
  size: 'Hardware classes, and reservations of projects.',
  sizeimageconstraint: 'Which images run on which sizes.',
  switch: 'Leaf switches with their ports, VRFs and neighbours.',
  tenant: 'Owners of projects.',
  user: 'The caller, and API tokens.',
  version: 'Version of the server, and the oldest client that it supports.',
  vpn: 'Keys with which machines join the VPN.',
  watch: 'Lists that go on: the current objects, then every change, as server-sent events.',
};

/** The tags that operations have, each once, with an explanation. */
export const tagsFor = (used: readonly string[]): { name: string; description?: string }[] =>
  [...new Set(used)].sort().map((name) => ({ name, ...(TAGS[name] !== undefined && { description: TAGS[name] }) }));
