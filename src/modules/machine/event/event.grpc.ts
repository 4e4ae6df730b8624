import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { GrpcServer } from '../../../platform/grpc/grpc-server.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { EventService } from './event.service.js';

/** A leaf switch or a proxy sends those of all machines that it sees. */
const MAX_EVENTS = 10_000;

/** What tells that a machine is alive, over and over. */
const HEARTBEATS: readonly (string | undefined)[] = ['Alive', 'Phoned Home'];

interface SendRequest {
  readonly events: Readonly<Record<string, { readonly event: string; readonly message: string } | null>>;
}

/** The gRPC service that takes in events, many machines at a time. */
@Injectable()
export class EventGrpc implements OnModuleInit {
  constructor(
    @InjectConfig() private readonly config: Config,
    private readonly server: GrpcServer,
    private readonly events: EventService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.server.add({
      file: 'api/v1/event.proto',
      service: 'api.v1.EventService',
      limits: {
        Send: {
          bytes: 2 * 1024 * 1024,
          elements: { 'EventServiceSendRequest.events': MAX_EVENTS },
          // Members that are too long are cut or refused one by one, so that they do not take the others with them.
          texts: {
            'Events.key': 64 * 1024,
            'MachineProvisioningEvent.event': 64 * 1024,
            'MachineProvisioningEvent.message': 64 * 1024,
          },
        },
      },
      rates: {
        Send: {
          what: 'events',
          perSecond: this.config.grpc.rates.events,
          units: ({ events }: SendRequest) => Object.keys(events).length,
        },
      },
      recorded: { Send: (request: SendRequest) => this.isRecorded(request) },
      subject: ({ events }: SendRequest) => subjectOf(Object.keys(events)),
      unary: { Send: (request: SendRequest) => this.send(request) },
    });
  }

  /** Heartbeats of known machines change nothing, and would drown the rest. */
  private isRecorded({ events }: SendRequest): boolean {
    return Object.entries(events).some(([id, event]) => !HEARTBEATS.includes(event?.event) || !this.events.find(id));
  }

  /** One event that cannot be stored does not keep the others from being stored, nor their count from being told. */
  private async send({ events }: SendRequest): Promise<object> {
    const ids = Object.keys(events);
    const stored = await Promise.all(ids.map((id) => this.accept(id, events[id]?.event, events[id]?.message)));
    return { events: stored.filter((ok) => ok).length, failed: ids.filter((_, index) => !stored[index]) };
  }

  private async accept(machineId: string, event = '', message = ''): Promise<boolean> {
    try {
      await this.events.accept(machineId, event, message);
      return true;
    } catch (error) {
      if (!isDomainError(error)) throw error;
      this.log.warn(`an event of machine "${machineId}" is lost`, error);
      return false;
    }
  }
}

/** Machines that are named on record. */
const MAX_NAMED = 20;

const subjectOf = (ids: readonly string[]): string =>
  ids.length > MAX_NAMED ? `${ids.slice(0, MAX_NAMED).join(', ')} and ${ids.length - MAX_NAMED} more` : ids.join(', ');
