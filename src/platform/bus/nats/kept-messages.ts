import type { ConsumerInfo, JetStreamManager, NatsConnection } from 'nats';
import type { AppLogger } from '../../../shared/app-logger.js';

/** How long the broker may take to answer, in milliseconds. */
const TIMEOUT_MS = 5000;

/**
 * Finds messages that are still in their stream although they were acknowledged, and makes the brokers remove them.
 *
 * When a stream of NATS 2.9 gets more copies, the leaders that its consumers have at that moment stop telling the other brokers what
 * is acknowledged, and nothing leaves the stream any more. At its limit for a machine, the broker refuses all further messages, so
 * that no command of that machine ends. Other leaders do better; they deliver the kept messages once more.
 */
export class KeptMessages {
  /** The first message of each stream, if it was acknowledged: at the last check, and at the last change of leaders. */
  private readonly suspects = new Map<string, number>();
  private readonly treated = new Map<string, number>();

  constructor(private readonly log: AppLogger) {}

  /** Call it at intervals: acknowledged messages that leave late are no fault. `consumers` are those of the stream. */
  async check(
    connection: NatsConnection,
    manager: JetStreamManager,
    stream: string,
    consumers: readonly ConsumerInfo[],
  ): Promise<void> {
    const { state } = await manager.streams.info(stream);
    const seq = state.first_seq;
    const acknowledged = consumers.filter(({ ack_floor }) => state.messages > 0 && ack_floor.stream_seq >= seq);
    const holder = acknowledged.length > 0 && (await consumerOf(manager, stream, seq, acknowledged));
    if (!holder || !hasFollowers(holder)) return void this.suspects.delete(stream);
    const isOld = this.suspects.get(stream) === seq;
    this.suspects.set(stream, seq);
    if (!isOld || this.treated.get(stream) === seq) return;
    this.treated.set(stream, seq);
    this.log.warn(
      `bus: the brokers keep acknowledged messages in stream ${stream}: choosing another leader of consumer ${holder.name}`,
    );
    await connection.request(`$JS.API.CONSUMER.LEADER.STEPDOWN.${stream}.${holder.name}`, undefined, {
      timeout: TIMEOUT_MS,
    });
  }
}

/** The consumer that a message is for. */
async function consumerOf(
  manager: JetStreamManager,
  stream: string,
  seq: number,
  consumers: readonly ConsumerInfo[],
): Promise<ConsumerInfo | undefined> {
  const { subject } = await manager.streams.getMessage(stream, { seq });
  return consumers.find(({ config }) => matches(config.filter_subject ?? '', subject));
}

/** Whether a subject matches a filter of our consumers, in which `*` stands for one token. */
function matches(filter: string, subject: string): boolean {
  const [wanted, tokens] = [filter.split('.'), subject.split('.')];
  return wanted.length === tokens.length && wanted.every((token, index) => token === '*' || token === tokens[index]);
}

const hasFollowers = ({ cluster }: ConsumerInfo): boolean => (cluster?.replicas?.length ?? 0) > 0;
