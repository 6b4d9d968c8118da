import { describe, expect, it } from '@jest/globals';
import { isPermitted, PERMISSIONS, ROLES, type Permission } from './permissions.js';
import { permissionOf } from './route.js';
import { allRoutes } from './routes.js';

const permissions = Object.keys(PERMISSIONS) as Permission[];
const thoseOf = (role: string) => permissions.filter((permission) => isPermitted(permission, [role]));

describe('the permissions', () => {
  it('are few enough to be read as a table', () => {
    expect(Object.fromEntries(ROLES.map((role) => [role, thoseOf(role)]))).toEqual({
      guest: [],
      user: ['account:own', 'profile:own', 'orders:own'],
      support: ['account:own', 'profile:own', 'orders:own', 'accounts:view'],
      admin: permissions,
    });
  });

  it('let support change nothing of others', () => {
    const opened = allRoutes.filter((contract) => {
      const permission = permissionOf(contract);
      return permission && isPermitted(permission, ['support']) && !isPermitted(permission, ['user']);
    });
    expect(opened.map(({ method }) => method)).toEqual(['GET']);
  });

  it.each([[[]], [['Admin']], [['admin ']], [['administrator']], [['__proto__']], [['guest']]])(
    'give nothing to the roles %j',
    (roles) => expect(permissions.filter((permission) => isPermitted(permission, roles))).toEqual([]),
  );

  it('are used, each of them, by a route or by what every service answers itself', () => {
    const used = allRoutes.flatMap((contract) => [permissionOf(contract), contract.ofOthers]);
    expect(permissions.filter((permission) => !used.includes(permission))).toEqual(['health:read']);
  });

  it('are not asked for where anyone may come', () => {
    const open = allRoutes.filter((contract) => permissionOf(contract) === undefined);
    expect(open.filter(({ ofOthers, stepUp }) => ofOthers ?? stepUp)).toEqual([]);
  });
});
