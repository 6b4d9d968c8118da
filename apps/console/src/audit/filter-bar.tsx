import { useState } from 'react';
import { Field } from '../ui/field.js';
import { Form } from '../ui/form.js';
import { Select } from '../ui/select.js';
import type { Filters } from './filters.js';
import { AUDIT_TYPES } from './words.js';

interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (changed: Partial<Filters>) => void;
}

/** Narrows the trail. Ids are asked for at Enter, since half an id is none. */
export function FilterBar({ filters, onChange }: FilterBarProps) {
  const [userId, setUserId] = useState(filters.userId);
  const [sessionId, setSessionId] = useState(filters.sessionId);
  return (
    <Form
      className="card filters"
      onSubmit={() => onChange({ userId: userId.trim(), sessionId: sessionId.trim() })}
    >
      <Select
        label="Event"
        value={filters.type}
        options={AUDIT_TYPES}
        onChange={(type) => onChange({ type })}
      />
      <Select
        label="Outcome"
        value={filters.outcome}
        options={['success', 'failure']}
        onChange={(outcome) => onChange({ outcome })}
      />
      <Field label="User id" value={userId} onChange={setUserId} required={false} />
      <Field label="Session id" value={sessionId} onChange={setSessionId} required={false} />
      <button className="button">Filter</button>
    </Form>
  );
}
