import type { ReactNode } from 'react';
import type { Device } from '../api/contracts.js';
import { deviceName, placeName } from '../format/device.js';
import { Ago } from '../ui/ago.js';
import { Badge } from '../ui/badge.js';
import { Icon } from '../ui/icon.js';

interface DeviceRowProps {
  readonly device: Device;
  readonly onEnd: () => void;
  /** Besides the button that ends it. */
  readonly actions?: ReactNode;
}

/** One signed-in device. */
export function DeviceRow({ device, onEnd, actions }: DeviceRowProps) {
  const { name, kind } = deviceName(device.userAgent);
  return (
    <li className="card device" data-session={device.id}>
      <span className="device-icon">
        <Icon name={kind} size={24} />
      </span>
      <div className="device-text">
        <h3>
          {name} {device.current && <Badge tone="accent">This browser</Badge>}
        </h3>
        <p className="muted small" title={device.userAgent}>
          {placeName(device.ip)} · active <Ago at={device.lastSeenAt} />
        </p>
        <p className="muted small">
          Signed in <Ago at={device.createdAt} /> · ends <Ago at={device.expiresAt} />
        </p>
      </div>
      <div className="row end">
        {actions}
        {!device.current && (
          <button type="button" className="button" aria-label={`End the session on ${name}`} onClick={onEnd}>
            End
          </button>
        )}
      </div>
    </li>
  );
}
