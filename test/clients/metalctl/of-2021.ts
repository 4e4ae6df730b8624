import { commonEntities } from './entities.js';
import type { Entity } from './entities.js';
import { check, PUBLIC_KEY, untilEvent } from './step.js';
import type { MachineAnswer, Stage, Step } from './step.js';

const LISTS = [
  ...['firewall list', 'image list', 'machine list', 'machine list -o wide', 'machine ipmi', 'machine issues'],
  ...['network list', 'network ip list', 'network ip issues', 'partition list', 'partition capacity', 'project list'],
  ...['size list', 'size try --cores 8 --memory 64GiB --storagesize 500GiB', 'switch list', 'switch detail'],
];

const DEAD = '00000000-0000-4000-8000-00000000905d';

/** Steps of an operator with the legacy client. */
export function legacySteps(stage: Stage): Step[] {
  return [
    ...commonEntities(stage.lab)
      .filter(({ command }) => command !== 'network ip')
      .map(applied),
    { title: 'network ip: allocate, find, free', play: address },
    { title: 'machine: create, power, reinstall, destroy', play: machineLife },
    { title: 'machine destroy --remove-from-database', play: removal },
    ...LISTS.map((command): Step => ({
      title: command,
      play: async ({ cli }) => {
        await cli.succeed(...command.split(' '));
      },
    })),
  ];
}

const applied = ({ command, documents, ids }: Entity): Step => ({
  title: `${command}: apply a file twice, describe, list, delete`,
  play: async ({ cli }) => {
    const apply = async (description: string): Promise<readonly object[]> => {
      const file = await cli.file(
        'applied.yaml',
        documents.map((document) => ({ ...document, description })),
      );
      return cli.json(command, 'apply', '-f', file);
    };
    check((await apply('created')).length === documents.length, 'all are created');
    check((await apply('changed')).length === documents.length, 'all are updated');
    const listed = await cli.succeed(command, 'list');
    for (const id of ids) {
      check(listed.includes(id), `${id} is listed`);
      check((await cli.succeed(command, 'describe', id)).includes('changed'), `${id} is changed`);
      await cli.succeed(command, 'delete', id);
      await cli.fail('404', command, 'describe', id);
    }
  },
});

async function address({ cli, lab }: Stage): Promise<void> {
  const flags = ['--network', lab.internet, '--project', lab.projects.a, '--type', 'static', '--name', 'ctl'];
  const { ipaddress } = await cli.json<{ ipaddress: string }>('network', 'ip', 'allocate', ...flags);
  const found = await cli.succeed('network', 'ip', 'list', '--ipaddress', ipaddress);
  check(found.includes(ipaddress), 'it is listed');
  await cli.succeed('network', 'ip', 'free', ipaddress);
}

async function machineLife({ cli, lab }: Stage): Promise<void> {
  const owner = ['--project', lab.projects.a, '--partition', lab.partition];
  const network = await cli.json<{ id: string }>('network', 'allocate', '--name', 'ctl-old', ...owner);
  const { id } = await cli.json<MachineAnswer>(
    ...['machine', 'create', '--hostname', 'ctl-old', '--name', 'ctl-old', '--image', lab.machineImage],
    ...['--size', lab.size, ...owner, '--networks', network.id, '--tags', 'ctl=1'],
    ...['--sshpublickey', PUBLIC_KEY],
  );
  await untilEvent(cli, id, 'Phoned Home');
  await cli.succeed('machine', 'lock', id, '--description', 'ctl');
  await cli.succeed('machine', 'lock', id, '--remove');
  await cli.succeed('machine', 'identify', 'on', id);
  await cli.succeed('machine', 'identify', 'off', id);
  for (const verb of ['bios', 'pxe', 'disk', 'off', 'on', 'reset']) await cli.succeed('machine', 'power', verb, id);
  await cli.succeed('machine', 'logs', id);
  await cli.succeed('machine', 'reinstall', id, '--image', lab.machineImage);
  await cli.succeed('machine', 'destroy', id);
  check(!(await cli.json<MachineAnswer>('machine', 'describe', id)).allocation, 'it is free');
  await cli.succeed('network', 'free', network.id);
  await untilEvent(cli, id, 'Waiting');
}

async function removal({ cli }: Stage): Promise<void> {
  await cli.succeed('machine', 'destroy', DEAD, '--remove-from-database', '--yes-i-really-mean-it');
  await cli.fail('404', 'machine', 'describe', DEAD);
}
