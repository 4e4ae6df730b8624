import { check } from './step.js';
import type { MachineAnswer, Stage, Step } from './step.js';

/** Commands of the current client other than list, apply and delete. */
export function specialSteps(firmware: boolean): Step[] {
  return [
    { title: 'network update: prefixes and labels', play: networkUpdate },
    { title: 'size suggest, filesystemlayout try and match, imageconstraint try', play: trials },
    { title: 'audit describe', play: auditTrace },
    { title: 'switch: update, port down and up', play: switchCommands },
    { title: 'vpn key', play: vpnKey },
    ...(firmware ? [{ title: 'firmware: upload, list, update a machine, delete', play: firmwareLife }] : []),
  ];
}

/** The client reads the network, computes complete lists from the flags and sends them. */
async function networkUpdate({ cli }: Stage): Promise<void> {
  const network = { id: 'ctl-9', prefixes: ['192.0.2.32/28'], destinationprefixes: [], vrf: 4809 };
  const flags = { nat: false, privatesuper: false, underlay: false };
  await cli.succeed('network', 'apply', '-f', await cli.file('network.yaml', [{ ...network, ...flags }]));
  const update = (...change: string[]) =>
    cli.json<{ prefixes: string[]; labels: Record<string, string> }>('network', 'update', 'ctl-9', ...change);
  check((await update('--add-prefixes', '192.0.2.48/28')).prefixes.length === 2, 'a prefix more');
  check((await update('--remove-prefixes', '192.0.2.32/28')).prefixes.join() === '192.0.2.48/28', 'a prefix less');
  const { labels, prefixes } = await update('--labels', 'a=b', '--description', 'changed');
  check(labels['a'] === 'b' && prefixes.length === 1, 'labels, and the prefixes as they were');
  await cli.succeed('network', 'delete', 'ctl-9');
}

async function trials({ cli, lab }: Stage): Promise<void> {
  const machine = await someMachine({ cli, lab });
  const suggested = await cli.succeed('size', 'suggest', '--machine-id', machine);
  for (const type of ['cores', 'memory', 'storage']) check(suggested.includes(type), `a constraint of ${type}`);
  const what = ['--size', lab.size, '--image', lab.machineImage];
  check((await cli.succeed('filesystemlayout', 'try', ...what)).includes('default'), 'the layout that fits');
  await cli.succeed('filesystemlayout', 'match', '--machine', machine, '--filesystemlayout', 'default');
  await cli.succeed('size', 'imageconstraint', 'try', ...what);
  await cli.fail('422', 'filesystemlayout', 'try', '--size', 'unknown', '--image', lab.machineImage);
}

/** The trail contains request and response of each earlier change. */
async function auditTrace({ cli }: Stage): Promise<void> {
  const traces = await cli.json<{ rqid: string; phase: string; path: string }[]>('audit', 'list', '--path', 'network');
  const answer = traces.find(({ phase }) => phase === 'response');
  check(answer !== undefined && answer.path.includes('/v1/network'), 'changes of networks are in the trail');
  const described = await cli.json<{ rqid: string }>('audit', 'describe', answer!.rqid, '--prettify-body');
  check(described.rqid === answer!.rqid, 'it is described');
}

async function switchCommands({ cli, lab }: Stage): Promise<void> {
  const id = `${lab.partition}-rack-1-leaf-1`;
  const leaf = await cli.json<{ connections: readonly { nic: { name: string } }[] }>('switch', 'describe', id);
  const changed = await cli.file('switch.yaml', [{ ...leaf, description: 'changed' }]);
  await cli.succeed('switch', 'update', '-f', changed, '--skip-security-prompts');
  const port = leaf.connections[0]!.nic.name;
  for (const direction of ['down', 'up']) await cli.succeed('switch', 'port', direction, id, '--port', port);
  await cli.succeed('switch', 'port', 'describe', id, '--port', port);
}

/** The project has a firewall from earlier steps; without one it has no VPN user. */
async function vpnKey({ cli, lab }: Stage): Promise<void> {
  const said = await cli.succeed('vpn', 'key', '--project', lab.projects.a, '--reason', 'ctl');
  check(said.trim() !== '', 'a key is printed');
}

async function firmwareLife({ cli, lab }: Stage): Promise<void> {
  const file = await cli.file('bios.bin', [{ content: 'of the firmware' }]);
  const of = ['--vendor', 'Simulated', '--board', 's1', '--revision', '2.0'];
  await cli.succeed('firmware', 'upload', 'bios', file, ...of);
  check((await cli.succeed('firmware', 'list')).includes('2.0'), 'it is listed');
  const flags = ['--revision', '2.0', '--description', 'ctl', '--yes-i-really-mean-it'];
  await cli.succeed('machine', 'update-firmware', 'bios', await someMachine({ cli, lab }), ...flags);
  await cli.succeed('firmware', 'delete', '--kind', 'bios', ...of);
}

/** A machine of the lab that is not allocated. */
async function someMachine({ cli, lab }: Stage): Promise<string> {
  const machines = await cli.json<MachineAnswer[]>('machine', 'list', '--size', lab.size);
  const free = machines.find(({ allocation }) => !allocation);
  if (!free) throw new Error('no machine is free');
  return free.id;
}
