import 'reflect-metadata';
import { Controller, Get, HttpCode, Module, Post, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { announce } from './announce.mjs';

class Routes {}

/** Makes a route of a function of request and reply: what decorators do, without a compiler. */
function route(decorators, name, handle) {
  Routes.prototype[name] = handle;
  Req()(Routes.prototype, name, 0);
  Res({ passthrough: true })(Routes.prototype, name, 1);
  const descriptor = Object.getOwnPropertyDescriptor(Routes.prototype, name);
  for (const decorate of decorators) decorate(Routes.prototype, name, descriptor);
}

class AppModule {}

/** Runs Nest as it comes, without logs, on Fastify if no `adapter` is given: `me` at /me, and where given `login` and `logout`. */
export async function runNest({
  me,
  login,
  logout,
  adapter = new FastifyAdapter(),
  prepare = async () => undefined,
}) {
  route([Get('me')], 'me', me);
  if (login) route([Post('login'), HttpCode(204)], 'login', login);
  if (logout) route([Post('logout'), HttpCode(204)], 'logout', logout);
  Controller()(Routes);
  Module({ controllers: [Routes] })(AppModule);
  const app = await NestFactory.create(AppModule, adapter, { logger: false });
  await prepare(app);
  await app.listen(0, '127.0.0.1');
  announce(app.getHttpServer().address().port);
}
