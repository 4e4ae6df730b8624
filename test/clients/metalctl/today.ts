import { commonEntities, newerEntities } from './entities.js';
import type { Entity } from './entities.js';
import { specialSteps } from './special.js';
import { check, PUBLIC_KEY, untilEvent } from './step.js';
import type { MachineAnswer, Stage, Step } from './step.js';

const LISTS = [
  ...['audit list', 'filesystemlayout list', 'firewall list', 'firmware list', 'image list', 'image list --show-usage'],
  ...['machine list', 'machine list -o wide', 'machine ipmi', 'machine ipmi chassis-list', 'machine issues'],
  ...['machine issues list', 'network list', 'network ip list', 'network ip issues', 'partition list'],
  ...['partition capacity', 'project list', 'size list', 'size imageconstraint list', 'size reservation list'],
  ...['size reservation usage', 'switch list', 'switch list -o wide', 'switch detail', 'switch connected-machines'],
  ...['tenant list', 'health', 'version'],
];

const DEAD = '00000000-0000-4000-8000-00000000904d';

/** Steps of an operator with the current client; `firmware` tells whether the server has an object store. */
export function todaysSteps(stage: Stage, firmware: boolean): Step[] {
  return [
    ...[...commonEntities(stage.lab), ...newerEntities(stage.lab)].map(applied),
    { title: 'machine: create, power, reinstall, delete', play: machineLife },
    { title: 'firewall: create, describe, delete', play: firewallLife },
    { title: 'machine rm --remove-from-database', play: removal },
    ...specialSteps(firmware),
    ...LISTS.filter((command) => firmware || !command.startsWith('firmware')).map((command): Step => ({
      title: command,
      play: async ({ cli }) => {
        await cli.succeed(...command.split(' '));
      },
    })),
  ];
}

/** Applies documents twice: creates them, then updates them with the output of describe. */
const applied = ({ command, documents, ids }: Entity): Step => ({
  title: `${command}: apply a file twice, describe, list, delete`,
  play: async ({ cli }) => {
    const words = command.split(' ');
    const apply = async (file: string): Promise<object[]> =>
      cli.json(...words, 'apply', '-f', file, '--skip-security-prompts', '--bulk-output');
    const created = await apply(await cli.file('created.yaml', documents));
    check(created.length === documents.length, `${documents.length} created`);
    const described = await Promise.all(ids.map((id) => cli.json<object>(...words, 'describe', id)));
    const changed = described.map((document) => ({ ...document, description: 'changed' }));
    const updated = await apply(await cli.file('updated.yaml', changed));
    check(
      updated.every((document) => 'description' in document && document.description === 'changed'),
      'all are updated',
    );
    const listed = await cli.succeed(...words, 'list', '-o', 'wide');
    for (const id of ids) {
      check(listed.includes(id), `${id} is listed`);
      await cli.succeed(...words, 'delete', id);
      await cli.fail('404', ...words, 'describe', id);
    }
  },
});

const create = ({ cli, lab }: Stage, kind: string, image: string, networks: readonly string[]) =>
  cli.json<MachineAnswer>(
    ...[kind, 'create', '--hostname', `ctl-${kind}`, '--name', `ctl-${kind}`, '--image', image],
    ...['--size', lab.size, '--partition', lab.partition, '--project', lab.projects.a],
    ...['--networks', networks.join(','), '--userdata', 'hello', '--tags', 'ctl=1'],
    ...['--sshpublickey', PUBLIC_KEY],
  );

async function withNetwork({ cli, lab }: Stage, play: (network: string) => Promise<void>): Promise<void> {
  const flags = ['--name', 'ctl', '--project', lab.projects.a, '--partition', lab.partition, '--labels', 'ctl=1'];
  const { id } = await cli.json<{ id: string }>('network', 'allocate', ...flags);
  await play(id);
  await cli.succeed('network', 'free', id);
}

const machineLife = (stage: Stage): Promise<void> =>
  withNetwork(stage, async (network) => {
    const { cli, lab } = stage;
    const { id, allocation } = await create(stage, 'machine', lab.machineImage, [network]);
    check(allocation?.hostname === 'ctl-machine', 'it is allocated');
    await untilEvent(cli, id, 'Phoned Home');
    await cli.succeed('machine', 'update', id, '--description', 'changed', '--add-tags', 'ctl=2');
    await cli.succeed('machine', 'lock', id, '--description', 'ctl');
    await cli.fail('locked', 'machine', 'delete', id);
    await cli.succeed('machine', 'lock', id, '--remove');
    await cli.succeed('machine', 'identify', 'on', id);
    await cli.succeed('machine', 'identify', 'off', id);
    for (const verb of ['bios', 'pxe', 'disk', 'off', 'on', 'reset', 'cycle'])
      await cli.succeed('machine', 'power', verb, id);
    await cli.succeed('machine', 'consolepassword', id, '--reason', 'ctl needs it');
    await cli.succeed('machine', 'logs', id);
    const reinstalled = await cli.json<MachineAnswer>('machine', 'reinstall', id, '--image', lab.machineImage);
    check(reinstalled.allocation?.reinstall === true, 'it is to be reinstalled');
    await cli.succeed('machine', 'delete', id);
    const freed = await cli.json<MachineAnswer>('machine', 'describe', id);
    check(!freed.allocation, 'it is free');
    await untilEvent(cli, id, 'Waiting');
  });

const firewallLife = (stage: Stage): Promise<void> =>
  withNetwork(stage, async (network) => {
    const { cli, lab } = stage;
    const { id } = await create(stage, 'firewall', lab.firewallImage, [network, lab.internet]);
    check((await cli.succeed('firewall', 'list')).includes(id), 'it is listed');
    await cli.succeed('firewall', 'describe', id);
    await untilEvent(cli, id, 'Phoned Home');
    await cli.succeed('machine', 'delete', id);
    await cli.fail('404', 'firewall', 'describe', id);
    await untilEvent(cli, id, 'Waiting');
  });

/** A machine that is known only from a BMC report, which was sent when the site started. */
async function removal({ cli }: Stage): Promise<void> {
  await cli.succeed('machine', 'delete', DEAD, '--remove-from-database', '--yes-i-really-mean-it');
  await cli.fail('404', 'machine', 'describe', DEAD);
}
