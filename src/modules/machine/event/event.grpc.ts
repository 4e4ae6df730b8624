import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { GrpcServer } from '../../../platform/grpc/grpc-server.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { EventService } from './event.service.js';

interface SendRequest {
  readonly events: Readonly<Record<string, { readonly event: string; readonly message: string } | null>>;
}

/** The gRPC service that takes in events, many machines at a time. */
@Injectable()
export class EventGrpc implements OnModuleInit {
  constructor(
    private readonly server: GrpcServer,
    private readonly events: EventService,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.server.add({
      file: 'api/v1/event.proto',
      service: 'api.v1.EventService',
      unary: { Send: (request: SendRequest) => this.send(request) },
    });
  }

  /** One event that cannot be stored does not keep the others from being stored, nor their count from being told. */
  private async send({ events }: SendRequest): Promise<object> {
    const sent = Object.entries(events).map(([machineId, event]) => ({
      machineId,
      event: event?.event ?? '',
      message: event?.message ?? '',
    }));
    const { machineIds, reason } = await this.events.acceptAll(sent);
    // One line however many they are: senders come back every minute.
    if (reason) this.log.warn(`${machineIds.length} of ${sent.length} events are lost`, reason);
    return { events: sent.length - machineIds.length, failed: machineIds };
  }
}
