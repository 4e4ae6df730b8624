import { Body, Delete, Get, Module, Param, Post, Put, Query } from '@nestjs/common';
import { Operation, V1Controller } from '../../src/platform/http/operation.js';
import { Field, WireModel } from '../../src/platform/http/wire/field.js';
import { BooleanQuery, TextQuery } from '../../src/platform/http/wire/query.js';
import { DomainError } from '../../src/shared/errors/domain-error.js';
import type { ErrorKind } from '../../src/shared/errors/domain-error.js';

@WireModel('test.Probe')
export class ProbeBody {
  @Field('string')
  id?: string;
  @Field('string', { array: true })
  tags?: string[];
  @Field('int64')
  asn?: number;
}

/** Routes of all forms in the v1 API, for tests of the conventions. */
@V1Controller('probe')
export class ProbeController {
  /** Number of handler runs; refused requests must not reach a handler. */
  static calls = 0;

  @Post()
  @Operation({ id: 'probeUpdate', role: 'open', body: ProbeBody, result: ProbeBody })
  update(@Body() body: ProbeBody): ProbeBody {
    ProbeController.calls++;
    return body;
  }

  @Put()
  @Operation({ id: 'probeCreate', role: 'open', status: 201, body: ProbeBody, result: ProbeBody })
  create(@Body() body: ProbeBody): ProbeBody {
    return body;
  }

  @Get('consolepassword')
  @Operation({ id: 'probeGetWithBody', role: 'open', body: ProbeBody, result: ProbeBody })
  getWithBody(@Body() body: ProbeBody): ProbeBody {
    return body;
  }

  /** Number of slow requests that have arrived. */
  static slowOnes = 0;

  /** A slow request, to be in flight when the server stops. */
  @Get('slow/:milliseconds')
  @Operation({ id: 'probeSlow', role: 'open', result: ProbeBody })
  async slow(@Param('milliseconds') milliseconds: string): Promise<ProbeBody> {
    ProbeController.slowOnes++;
    await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
    return { id: milliseconds };
  }

  @Get('fail/:kind')
  @Operation({ id: 'probeFail', role: 'open', result: ProbeBody })
  fail(@Param('kind') kind: ErrorKind | 'bug'): ProbeBody {
    if (kind === 'bug') throw new TypeError('secret of the house');
    throw new DomainError(kind, `probe "${kind}"`);
  }

  @Get('query')
  @Operation({ id: 'probeQuery', role: 'open', query: { force: { type: 'boolean', default: false } } })
  query(@Query('force', BooleanQuery) force: boolean, @Query('name', TextQuery) name?: string): object {
    return { force, name };
  }

  @Post('free/:id')
  @Operation({ id: 'probeFree', role: 'open', consumes: ['*/*', 'application/json'], result: ProbeBody })
  free(@Param('id') id: string): ProbeBody {
    return { id };
  }

  @Post(':id/power/on')
  @Operation({ id: 'probePower', role: 'open', result: ProbeBody })
  power(@Param('id') id: string): ProbeBody {
    return { id };
  }

  @Get(':id')
  @Operation({ id: 'probeGet', role: 'open', result: ProbeBody })
  get(@Param('id') id: string): ProbeBody {
    return { id };
  }

  @Delete(':id')
  @Operation({ id: 'probeDelete', role: 'open', result: ProbeBody })
  delete(@Param('id') id: string): ProbeBody {
    return { id };
  }
}

@Module({ controllers: [ProbeController] })
export class ProbeModule {}
