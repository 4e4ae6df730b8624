import { Injectable, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { LateBoundFunction } from './late-bound-function.js';

class Doubler extends LateBoundFunction<[n: number], number> {}

@Module({ providers: [Doubler], exports: [Doubler] })
class EarlierModule {}

@Injectable()
class Implementation implements OnModuleInit {
  constructor(private readonly doubler: Doubler) {}

  onModuleInit(): void {
    this.doubler.provide((n) => 2 * n);
  }
}
Reflect.defineMetadata('design:paramtypes', [Doubler], Implementation);

@Module({ imports: [EarlierModule], providers: [Implementation] })
class LaterModule {}

const options = { logger: false, abortOnError: false } as const;

describe('LateBoundFunction', () => {
  it('keeps an application from starting without the feature that implements it', async () => {
    await expect(NestFactory.createApplicationContext(EarlierModule, options)).rejects.toThrow(
      'no feature implements Doubler',
    );
  });

  it('is answered by the feature that implements it', async () => {
    const app = await NestFactory.createApplicationContext(LaterModule, options);
    expect(app.get(Doubler, { strict: false }).call(21)).toBe(42);
    await app.close();
  });

  it('has no answer before', () => {
    const doubler = new LateBoundFunction<[number], number>('the doubler');
    expect(() => doubler.call(1)).toThrow('no feature implements the doubler');
    doubler.provide((n) => 2 * n);
    expect(doubler.call(1)).toBe(2);
  });
});
