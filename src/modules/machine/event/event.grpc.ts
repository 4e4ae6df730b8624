import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { InjectConfig } from '../../../config/config.module.js';
import type { Config } from '../../../config/config.js';
import { GrpcServer } from '../../../platform/grpc/grpc-server.js';
import { OccasionalLog } from '../../../platform/grpc/occasional-log.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { quoted } from '../../../shared/text.js';
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
  private readonly occasionally: OccasionalLog;

  constructor(
    @InjectConfig() private readonly config: Config,
    private readonly server: GrpcServer,
    private readonly events: EventService,
    @Inject(LOG) log: Log,
  ) {
    this.occasionally = new OccasionalLog(log);
  }

  onModuleInit(): void {
    this.server.add({
      file: 'api/v1/event.proto',
      service: 'api.v1.EventService',
      checksTexts: true,
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
    const sent = Object.entries(events).map(([machineId, event]) => ({
      machineId,
      event: event?.event ?? '',
      message: event?.message ?? '',
    }));
    const { machineIds, reason } = await this.events.acceptAll(sent);
    if (reason) {
      const which = `${machineIds.length} of ${sent.length} events are lost, one of machine ${quoted(machineIds[0]!)}`;
      this.occasionally.warn(`${which}: ${reason.message}`);
    }
    return { events: sent.length - machineIds.length, failed: machineIds };
  }
}

/** Machines that are named on record. */
const MAX_NAMED = 20;

function subjectOf(ids: readonly string[]): string {
  const named = ids.slice(0, MAX_NAMED).map((id) => id.slice(0, 64));
  return `${named.join(', ')}${ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more` : ''}`;
}
