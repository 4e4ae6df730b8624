import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { GrpcServer } from '../../../platform/grpc/grpc-server.js';
import { isDomainError } from '../../../shared/errors/domain-error.js';
import { LOG } from '../../../shared/log.js';
import type { Log } from '../../../shared/log.js';
import { quoted } from '../../../shared/text.js';
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
      checksTexts: true,
      unary: { Send: (request: SendRequest) => this.send(request) },
    });
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
      this.log.warn(`an event of machine ${quoted(machineId)} is lost`, error);
      return false;
    }
  }
}
