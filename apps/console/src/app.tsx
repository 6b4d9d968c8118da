import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { createQueryClient } from './api/query-client.js';
import { DevicesPage } from './devices/devices-page.js';
import { Shell } from './layout/shell.js';
import { Link } from './router/link.js';
import { nextOf, ROOT, type Place } from './router/routes.js';
import { usePlace } from './router/use-place.js';
import { Needs } from './session/needs.js';
import { SignInPage } from './session/sign-in-page.js';
import { StepUpProvider } from './session/step-up.js';
import { useEndedSession } from './session/use-session.js';
import { ShopPage } from './shop/shop-page.js';
import { Boundary } from './ui/boundary.js';
import { Empty } from './ui/empty.js';
import { Skeleton } from './ui/skeleton.js';

// What only administrators see is loaded when they do.
const SessionsPage = lazy(() =>
  import('./people/sessions-page.js').then((m) => ({ default: m.SessionsPage })),
);
const TopologyPage = lazy(() =>
  import('./topology/topology-page.js').then((m) => ({ default: m.TopologyPage })),
);
const FailoverPage = lazy(() =>
  import('./failover/failover-page.js').then((m) => ({ default: m.FailoverPage })),
);
const AuditPage = lazy(() => import('./audit/audit-page.js').then((m) => ({ default: m.AuditPage })));

/** The console. */
export function App() {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <StepUpProvider>
        <Console />
      </StepUpProvider>
    </QueryClientProvider>
  );
}

function Console() {
  const place = usePlace();
  useEndedSession();
  return (
    <Shell page={place.page}>
      <Boundary key={place.page}>
        <Suspense fallback={<Skeleton />}>
          <Content place={place} />
        </Suspense>
      </Boundary>
    </Shell>
  );
}

function Content({ place: { page, query } }: { readonly place: Place }) {
  if (page === 'shop') return <ShopPage />;
  if (page === 'sign-in') return <SignInPage next={nextOf(query)} />;
  if (page === 'nowhere') {
    return (
      <Empty icon="info" title="There is nothing at this address">
        <Link to={ROOT}>To the shop</Link>
      </Empty>
    );
  }
  if (page === 'devices') {
    return (
      <Needs who="user">
        <DevicesPage />
      </Needs>
    );
  }
  return (
    <Needs who="admin">
      {page === 'sessions' && <SessionsPage userId={query.get('user') ?? undefined} />}
      {page === 'topology' && <TopologyPage />}
      {page === 'failover' && <FailoverPage />}
      {page === 'audit' && <AuditPage query={query} />}
    </Needs>
  );
}
