/** NestJS with nest-winston: each context is a logger name, `fatal` is kept, and the start of the framework stays out. */

import 'reflect-metadata';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WinstonModule } from 'nest-winston';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

/** The contexts of Nest itself. Their errors count under one name. */
const FRAMEWORK =
  /^(Nest|Router|Routes|Instance|Exceptions|WebSockets|Microservices|Middleware|Server|Client|Package|Injector)/;
/** winston's own levels have no `fatal`, which nest-winston logs: winston would print an error and drop the line. */
const LEVELS = { fatal: 0, error: 1, warn: 2, info: 3, verbose: 4, debug: 5 };

const isFramework = (context: unknown): boolean => typeof context === 'string' && FRAMEWORK.test(context);

const transport = new RedisRecentCommonTransport({
  keyPrefix: 'recipes:',
  name: ({ context }) => (isFramework(context) ? 'nest' : typeof context === 'string' ? context : 'app'),
  // That a route is mapped or a module is ready is no news.
  format: winston.format((info) => {
    return isFramework(info.context) && info.level !== 'error' && info.level !== 'warn' ? false : info;
  })(),
});
const logger = winston.createLogger({ levels: LEVELS, level: 'debug', transports: [transport] });

const adapter = WinstonModule.createLogger({ instance: logger });
const fatal = adapter.fatal?.bind(adapter);
/** Nest's last argument is the context. nest-winston takes the second for a stack, and so loses the context of most calls. */
adapter.fatal = (message: unknown, ...more: unknown[]) => {
  fatal?.(message, more.length > 1 ? more[0] : undefined, more.at(-1));
};

@Controller('orders')
class OrdersController {
  readonly #logger = new Logger(OrdersController.name);

  @Get('shown')
  show(): string {
    this.#logger.log('order shown');
    return 'order';
  }

  @Get('lost')
  lose(): string {
    this.#logger.fatal('the stock database is gone');
    throw new Error('no stock');
  }
}

@Module({ controllers: [OrdersController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: adapter });
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
for (const path of ['shown', 'shown', 'lost']) await fetch(`${url}/orders/${path}`);
await app.close();
logger.end();
