import { Global, Module } from '@nestjs/common';
import { KeptLists } from './kept-lists.js';

/** Provides the kept lists to all features. */
@Global()
@Module({ providers: [KeptLists], exports: [KeptLists] })
export class KeptListsModule {}
