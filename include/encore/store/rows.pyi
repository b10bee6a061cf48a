"""What the statements of `queries/` take and give. Made from them and the schema by `make stubs`.

A row has the name of its table, else that of the statement which gives it; one with all columns of a table and more is
the table's row and more, by name, not by position, and one with all of such a row and more is that one and more. A
column or parameter may be None where the schema lets it be NULL or nothing says that it is not. Only for a type
checker: at runtime there are no such classes.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from encore.domain.json import Json

Row = TypeVar("Row")

def there(row: Row | None) -> Row: ...

class Account(NamedTuple):
    account: str
    platform: str
    conn_id: str
    owner: str | None
    active: bool
    max_in_flight: int
    paused_until: datetime | None
    pause_reason: str | None
    catch_up_at: datetime | None
    health: Json
    checked_at: datetime | None
    begun_at: list[datetime]
    delivery: str
    origin: str
    way: str | None
    external_id: str | None
    app_user_id: str | None
    username: str
    display_name: str
    profile_link: str
    scopes: list[str]
    access_ends_at: datetime | None
    connected_at: datetime | None
    connected_by: str | None
    disconnected_at: datetime | None
    disconnected_by: str | None
    disconnected_as: str | None
    for_all: bool
    staff_approves: bool

class AccountPicture(NamedTuple):
    account: str
    content: bytes
    content_type: str
    fetched_at: datetime

class ApiIdempotency(NamedTuple):
    teacher_id: str
    key: str
    request_sha256: str
    status: int | None
    answer: Json | None
    created_at: datetime

class Approval(NamedTuple):
    approval_id: int
    campaign_id: str
    approved_by: str
    approved_at: datetime
    payload_refs: Json
    content_sha256: str
    privacy: Json
    confirmations: list[str]
    voided_at: datetime | None
    void_reason: str | None
    void_said: Json | None
    by_staff: bool

class Campaign(NamedTuple):
    campaign_id: str
    teacher_id: str
    concert_title: str
    concert_datetime: datetime
    timezone: str
    venue_or_link: str
    student_highlights: str | None
    cta_link: str | None
    platforms: list[str]
    timeline: Json
    status: str
    facts_sha256: str
    plan_notes: Json
    created_at: datetime
    updated_at: datetime
    rebind_due_at: datetime | None
    rebind_failures: int
    rebind_error: str | None
    off: str | None
    off_at: datetime | None
    off_by: str | None
    media_looked_at: datetime | None
    forgotten_at: datetime | None
    accounts: Json
    details: Json
    languages: Json
    voice: str | None

class CampaignEvent(NamedTuple):
    event_id: int
    campaign_id: str
    from_state: str | None
    to_state: str
    changes: Json
    actor: str
    at: datetime

class CampaignGlance(Campaign):
    queued: int
    running: int
    live: int
    failed: int
    held: int
    next_at: datetime | None
    written: bool
    generation: str | None

class CampaignToApprove(NamedTuple):
    campaign_id: str
    concert_title: str
    concert_datetime: datetime
    timezone: str

class ClaimJob(NamedTuple):
    position: int
    group_no: int
    job_id: str
    platform: str
    account: str
    touchpoint: str
    scheduled_at: datetime
    concert_title: str
    timezone: str

class ComingPost(NamedTuple):
    job_id: str
    campaign_id: str
    platform: str
    touchpoint: str
    scheduled_at: datetime
    action_required: str | None
    concert_title: str
    timezone: str

class ConcernCount(NamedTuple):
    kind: str
    waits_for: str | None
    platform: str
    posts: int

class ContentAsset(NamedTuple):
    asset_id: str
    campaign_id: str
    asset_type: str
    platform: str
    touchpoint: str | None
    language: str
    content: str
    version: int
    provenance: Json
    updated_at: datetime

class ContentRevision(NamedTuple):
    asset_id: str
    version: int
    content: str
    sha256: str
    provenance: Json
    at: datetime

class CountAttempt(NamedTuple):
    attempt_no: int
    attempt_limit: int

class DataRequest(NamedTuple):
    confirmation_code: str
    kind: str
    app: str
    user_sha256: str
    issued_at: datetime
    asked_at: datetime
    done_at: datetime | None
    accounts: int

class FetchMedia(MediaAsset):
    token: str

class Finding(NamedTuple):
    finding_id: int
    duty: str
    job_id: str | None
    account: str | None
    code: str
    message: str
    message_zh: str
    action: str | None
    detail: str | None
    found_at: datetime
    seen_at: datetime
    cleared_at: datetime | None
    said: Json | None

class GenerationRequest(NamedTuple):
    request_id: int
    campaign_id: str
    requested_by: str
    requested_at: datetime
    review: str
    privacy: Json
    state: str
    claimed_by: str | None
    claimed_at: datetime | None
    ended_at: datetime | None
    note: str | None
    anew: Json | None
    note_said: Json | None
    place: int | None

class GenerationRequestCount(NamedTuple):
    state: str
    requests: int

class GenerationRequestOfRun(GenerationRequest):
    concert_title: str

class GroupMember(NamedTuple):
    job_id: str
    campaign_id: str
    account: str
    platform: str
    touchpoint: str
    scheduled_at: datetime
    state: str
    fence: int
    claimed_by: str | None
    last_run: str | None
    observing: bool
    external_post_id: str | None
    external_url: str | None
    action_required: str | None
    error_said: Json | None
    error_message: str | None
    error_message_zh: str | None
    concert_title: str

class GroupOfRun(NamedTuple):
    group_no: int
    platform: str
    posts: int
    first_at: datetime
    timezone: str
    live: int
    failed: int
    working: int
    running: int
    planned: int
    cancelled: int
    taken_over: int

class HeldBefore(NamedTuple):
    campaign_id: str
    scheduled_at: datetime
    teacher_id: str
    for_staff: bool

class ImportDraft(NamedTuple):
    draft_id: str
    person: str
    made_at: datetime
    name: str
    content: bytes
    reading: Json
    mended: Json

class JobCount(NamedTuple):
    state: str
    jobs: int

class JobEvent(NamedTuple):
    event_id: int
    job_id: str
    from_state: str | None
    to_state: str
    changes: Json
    actor: str
    at: datetime

class JobForPublishing(PublishJob):
    concert_title: str
    teacher_id: str
    conn_id: str
    account_health: Json
    content: str
    content_sha256: str
    provenance: Json
    language: str
    approved_privacy: Json | None
    media: list[Json] | None

class JobToCheck(NamedTuple):
    job_id: str
    account: str
    platform: str
    scheduled_at: datetime
    payload_ref: str
    media_ref: str
    approved: bool

class LastLoginOfService(LoginAttempt):
    before_us: bool

class LastPost(NamedTuple):
    account: str
    published_at: datetime

class LastRefusalOfAccount(NamedTuple):
    error_said: Json | None
    error_message: str | None
    error_message_zh: str | None
    updated_at: datetime

class LatenessByHour(NamedTuple):
    platform: str | None
    hour_at: datetime | None
    posts: int
    seconds: list[float] | None

class LeftBehind(NamedTuple):
    campaigns: int
    planned: int
    sending: int
    accounts: int

class LockDueJob(NamedTuple):
    job_id: str
    account: str
    platform: str
    late: bool
    groups: int

class LockMissedWindow(NamedTuple):
    job_id: str
    delivery: str
    error_said: Json | None
    error_message: str | None
    error_message_zh: str | None
    stopped: bool
    stop_reason: str | None

class LoginAttempt(NamedTuple):
    attempt_id: str
    state_sha256: str | None
    person: str
    way: str
    owner: str | None
    renews: str | None
    service: str | None
    redirect_uri: str
    began_at: datetime
    ends_at: datetime
    status: str
    settled_at: datetime | None
    said: Json | None
    found: Json
    account: str | None

class MarkedCampaign(NamedTuple):
    campaign_id: str
    rebind_failures: int

class MediaAsset(NamedTuple):
    media_id: str
    campaign_id: str
    file: str
    sha256: str
    kind: str
    mime: str
    size_bytes: int
    width: int
    height: int
    duration_seconds: float | None
    facts: Json
    origin: str
    platform: str
    contains_students: bool
    consent_on_file: bool
    created_at: datetime
    drawn_from: Json

class MediaFetch(NamedTuple):
    at: datetime
    user_agent: str

class MediaFileLeft(NamedTuple):
    file: str
    campaign_id: str
    since: datetime

class ModelAnswer(NamedTuple):
    content: str
    why_not: str
    tokens: Json

class ModelUseByMonth(NamedTuple):
    month: date
    currency: str
    calls: int
    sent: int
    received: int
    millionths: int
    held: int

class ModelUseOfMonth(NamedTuple):
    calls: int
    tokens: int
    millionths: int

class NextGenerationRequest(NamedTuple):
    what: int
    due_at: datetime

class NextNotice(NamedTuple):
    what: str
    due_at: datetime

class Notice(NamedTuple):
    notice_id: int
    kind: str
    recipient: str | None
    campaign_id: str | None
    job_id: str | None
    account: str | None
    cause: str
    said: Json | None
    at: datetime
    tell_at: datetime
    told_at: datetime | None

class NoticeOfMessage(Notice):
    concert_title: str | None

class NoticeOfPerson(NamedTuple):
    notice_id: int
    kind: str
    recipient: str | None
    campaign_id: str | None
    job_id: str | None
    account: str | None
    cause: str
    said: Json | None
    at: datetime
    tell_at: datetime | None
    told_at: datetime | None
    concert_title: str | None

class NoticeToTell(NamedTuple):
    notice_id: int
    kind: str
    recipient: str | None
    asks: bool

class OnlyAccount(NamedTuple):
    account: str

class OnlyBegunAt(NamedTuple):
    begun_at: list[datetime]

class OnlyCampaignId(NamedTuple):
    campaign_id: str

class OnlyCancelRequested(NamedTuple):
    cancel_requested: bool

class OnlyJobId(NamedTuple):
    job_id: str

class OnlyMediaId(NamedTuple):
    media_id: str

class OnlyRequestId(NamedTuple):
    request_id: int

class OnlyTeacher(NamedTuple):
    teacher: str

class OnlyTroubled(NamedTuple):
    troubled: bool

class OpenFinding(Finding):
    concerns: str
    campaign_id: str | None
    platform: str | None

class PeopleToTell(Person):
    address_id: int

class Person(NamedTuple):
    person: str
    staff: bool
    language: str
    timezone: str
    unwanted: list[str]
    quiet_from: time | None
    quiet_until: time | None
    digest: str
    digest_at: time
    digest_due_at: datetime | None
    bell_seen_at: datetime | None
    updated_at: datetime

class PersonAddress(NamedTuple):
    address_id: int
    person: str
    service: str
    shown: str
    added_at: datetime
    error: Json | None
    failed_at: datetime | None

class PersonLink(NamedTuple):
    link_id: str
    token_sha256: str
    kind: str
    person: str | None
    full_name: str
    mail: str
    role: str | None
    made_by: str
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    used_by: str | None
    withdrawn_at: datetime | None
    accounts: list[str]

class PostsThatNeedSomeone(NamedTuple):
    campaign_id: str
    concert_title: str
    concert_datetime: datetime
    timezone: str
    need: str
    posts: int
    by: datetime

class PublishAttempt(NamedTuple):
    entry_id: int
    job_id: str
    attempt_no: int
    fence: int
    step: str
    checkpoint: Json | None
    commit_deadline_at: datetime | None
    outcome: str | None
    error_code: str | None
    error_message: str | None
    evidence: Json | None
    at: datetime
    error_said: Json | None

class PublishJob(NamedTuple):
    job_id: str
    campaign_id: str
    platform: str
    account: str
    touchpoint: str
    delivery: str
    idempotency_key: str
    scheduled_at: datetime
    moved_at: datetime | None
    not_before: datetime | None
    useless_after: datetime
    payload_ref: str
    media_ref: str
    state: str
    error_code: str | None
    error_message: str | None
    error_message_zh: str | None
    retry_count: int
    action_required: str | None
    cancel_requested: bool
    claimed_by: str | None
    lease_expires_at: datetime | None
    started: bool
    fence: int
    observing: bool
    attempt_no: int
    attempt_limit: int
    reclaims: int
    external_post_id: str | None
    external_url: str | None
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    handed_off_at: datetime | None
    error_said: Json | None
    group_no: int | None
    last_run: str | None

class PutCampaign(NamedTuple):
    campaign_id: str
    inserted: bool

class PutContentAsset(NamedTuple):
    asset_id: str
    version: int

class QrLogin(NamedTuple):
    attempt_id: str
    picture: bytes | None
    content_type: str
    shown_at: datetime
    before_us: bool
    asked_at: datetime | None
    asking_until: datetime | None
    trouble: Json | None

class Report(PublishJob):
    concert_title: str
    concert_datetime: datetime
    timezone: str
    teacher_id: str
    off: str | None
    paused_until: datetime | None
    pause_reason: str | None
    stopped: bool
    stop_reason: str | None
    staff_approves: bool

class ReportOfConcern(Report):
    kind: str
    concerns: str | None

class ReportOfRun(Report):
    taken_in: int
    later_run: str | None
    place: int
    failed_here_at: datetime | None
    seen_to_by: str | None
    seen_to_at: datetime | None

class RestingAccountCount(NamedTuple):
    waits_for: str
    accounts: int

class RestingPlace(NamedTuple):
    scope: str
    name: str
    platform: str
    reason: str | None
    until: datetime
    of_all: int

class SettledTime(NamedTuple):
    platform: str
    touchpoint: str
    at: datetime

class Stop(NamedTuple):
    stop_id: int
    scope: str
    name: str
    reason: str
    stopped_at: datetime
    stopped_by: str
    ended_at: datetime | None
    ended_by: str | None

class TakeJob(NamedTuple):
    job_id: str
    fence: int
    platform: str
    account: str
    attempt_no: int
    attempt_limit: int

class TakeMessage(NamedTuple):
    message_id: str
    address_id: int
    digest: str | None
    made_at: datetime
    tries: int

class TeacherUse(NamedTuple):
    teacher_id: str
    kind: str
    at: datetime
    size_bytes: int

class TextProposal(NamedTuple):
    asset_id: str
    version: int
    content: str
    provenance: Json
    wish: str
    made_at: datetime

class Trouble(NamedTuple):
    code: str
    said: Json
    since: datetime

class UnknownError(NamedTuple):
    platform: str
    code: str
    stage: str
    sample: str
    seen: int
    first_seen_at: datetime
    last_seen_at: datetime

class UseOfAccounts(NamedTuple):
    account: str
    planned: int
    posted: int

class Wanted(NamedTuple):
    cancel_requested: bool
    moved: bool
    useless: bool
    payload_ref: str
    media_ref: str
    off: bool
    by_api: bool
    stopped: bool
    usable: bool
    text_approved: bool
    media_approved: bool
    paused_until: datetime | None
    pause_reason: str | None

class WorkForClaim(NamedTuple):
    marked: bool
    window_over: bool
    silent: bool
    by_hand: bool
    due: bool

class Statements:
    def account(self, *, account: str) -> Account | None: ...
    def account_locked(self, *, account: str) -> Account | None: ...
    def account_names(self, *, name: str) -> list[OnlyAccount]: ...
    def account_of_external(self, *, platform: str, external_id: str) -> Account | None: ...
    def account_picture(self, *, account: str) -> AccountPicture | None: ...
    def accounts(self) -> list[Account]: ...
    def accounts_in_trouble(self) -> list[OnlyAccount]: ...
    def accounts_of_app_user(self, *, app: str, until: datetime, user_sha256: str) -> list[Account]: ...
    def accounts_of_campaign(self, *, campaign_id: str) -> list[Account]: ...
    def accounts_of_teacher(self, *, teacher_id: str) -> list[Account]: ...
    def accounts_with_picture(self, *, accounts: list[str]) -> list[OnlyAccount]: ...
    def address(self, *, address_id: int) -> PersonAddress | None: ...
    def addresses_of(self, *, person: str) -> list[PersonAddress]: ...
    def adopt_post(
        self,
        *,
        job_id: str,
        fence: int,
        now: datetime,
        observed: Json,
        evidence: Json,
        external_post_id: str | None,
        external_url: str | None,
    ) -> OnlyTroubled | None: ...
    def answer_of_api_key(self, *, person: str, key: str) -> ApiIdempotency | None: ...
    def approval_in_force(self, *, campaign_id: str) -> Approval | None: ...
    def approvals_of_campaign(self, *, campaign_id: str) -> list[Approval]: ...
    def ask_login_attempt(self, *, found: Json, ends_at: datetime, attempt_id: str) -> int: ...
    def attempt_ended_at(self, *, job_id: str, attempt_no: int) -> datetime | None: ...
    def await_review(self, *, request_id: int, run_id: str) -> int: ...
    def background_of_campaign(self, *, campaign_id: str) -> MediaAsset | None: ...
    def bell(self, *, person: str, staff: bool) -> int: ...
    def bind_job(
        self,
        *,
        job_id: str,
        campaign_id: str,
        platform: str,
        account: str,
        touchpoint: str,
        delivery: str,
        idempotency_key: str,
        state: str,
        scheduled_at: datetime,
        moved_at: datetime | None,
        not_before: datetime | None,
        useless_after: datetime,
        payload_ref: str,
        media_ref: str,
        action_required: str | None,
        error_code: str | None,
        error_message: str | None,
        error_said: Json | None,
        attempt_limit: int,
        now: datetime,
        fresh: bool,
    ) -> int: ...
    def campaign(self, *, campaign_id: str) -> Campaign | None: ...
    def campaign_events(self, *, campaign_id: str) -> list[CampaignEvent]: ...
    def campaign_glances(
        self,
        *,
        teacher_id: str | None,
        words: str | None,
        since: datetime | None,
        after_at: datetime | None,
        after_id: str | None,
        most: int,
        now: datetime,
    ) -> list[CampaignGlance]: ...
    def campaigns_at(self, *, teacher_id: str, concert_datetime: datetime) -> list[Campaign]: ...
    def campaigns_downward(
        self,
        *,
        teacher_id: str | None,
        status: str | None,
        title: str | None,
        since: datetime | None,
        until: datetime | None,
        after_at: datetime | None,
        after_id: str | None,
        most: int,
    ) -> list[Campaign]: ...
    def campaigns_left_by(self, *, person: str) -> list[OnlyCampaignId]: ...
    def campaigns_past_window(self, *, now: datetime, most: int) -> list[OnlyCampaignId]: ...
    def campaigns_to_approve(self, *, now: datetime, teacher_id: str | None, most: int) -> list[CampaignToApprove]: ...
    def campaigns_to_forget(self, *, before: datetime, most: int) -> list[OnlyCampaignId]: ...
    def campaigns_to_look_through(
        self, *, before: datetime, looked_before: datetime, most: int
    ) -> list[OnlyCampaignId]: ...
    def campaigns_to_reconnect(self, *, account: str) -> list[OnlyCampaignId]: ...
    def campaigns_upward(
        self,
        *,
        teacher_id: str | None,
        status: str | None,
        title: str | None,
        since: datetime | None,
        until: datetime | None,
        after_at: datetime | None,
        after_id: str | None,
        most: int,
    ) -> list[Campaign]: ...
    def cancel_job(self, *, now: datetime, job_id: str) -> int: ...
    def change_import_draft(self, *, reading: Json, mended: Json, draft_id: str, person: str) -> int: ...
    def choose_accounts(self, *, accounts: Json, now: datetime, campaign_id: str) -> int: ...
    def claim_batch(self, *, run_id: str) -> list[ClaimJob]: ...
    def claim_generation_request(self, *, run_id: str | None, now: datetime, request_id: int) -> int: ...
    def claim_generation_requests(
        self, *, at_once: int, stale_before: datetime, most: int, run_id: str | None, now: datetime
    ) -> list[OnlyRequestId]: ...
    def claim_jobs(
        self,
        *,
        job_ids: list[str],
        group_nos: list[int],
        now: datetime,
        late_accounts: list[str],
        run_id: str | None,
        lease_expires_at: datetime | None,
        first_position: int,
    ) -> list[ClaimJob]: ...
    def clear_findings(
        self, *, now: datetime, duty: str, job_id: str | None, account: str | None, still: list[str]
    ) -> int: ...
    def clear_settled_findings(self, *, now: datetime) -> int: ...
    def coming_campaigns_of_teacher(self, *, teacher_id: str, now: datetime) -> list[Campaign]: ...
    def coming_posts(self, *, now: datetime, until: datetime, person: str, most: int) -> list[ComingPost]: ...
    def concern_counts(self, *, now: datetime) -> list[ConcernCount]: ...
    def confirm_live(
        self, *, external_url: str | None, external_post_id: str | None, now: datetime, job_id: str
    ) -> int: ...
    def confirm_not_live(
        self, *, now: datetime, error_message: str, error_said: Json, attempts: int, job_id: str
    ) -> int: ...
    def content_assets(self, *, campaign_id: str) -> list[ContentAsset]: ...
    def content_revisions(self, *, campaign_id: str, asset_id: str) -> list[ContentRevision]: ...
    def count_attempt(self, *, given_back: bool, now: datetime, job_id: str, fence: int) -> CountAttempt | None: ...
    def count_notices_of_message(self, *, message_id: str) -> int: ...
    def data_request(self, *, confirmation_code: str) -> DataRequest | None: ...
    def data_request_asked(
        self, *, kind: str, app: str, user_sha256: str, issued_at: datetime
    ) -> DataRequest | None: ...
    def database_time(self) -> datetime: ...
    def digests_due(self, *, now: datetime, most: int) -> list[Person]: ...
    def disconnect_account(self, *, now: datetime, who: str | None, how: str | None, account: str) -> int: ...
    def drop_account_lock(self, *, account: str) -> bool: ...
    def drop_address(self, *, address_id: int, person: str) -> int: ...
    def drop_text_proposal(self, *, asset_id: str) -> int: ...
    def drop_token_lock(self, *, account: str) -> bool: ...
    def end_account_uses(self, *, account: str, teachers: list[str]) -> int: ...
    def end_generation_request(
        self, *, state: str, now: datetime, note: str | None, note_said: Json | None, request_id: int, run_id: str
    ) -> int: ...
    def end_login_attempt_at(self, *, ends_at: datetime, attempt_id: str) -> int: ...
    def end_message(self, *, now: datetime, arrived: bool | None, message_id: str) -> int: ...
    def end_missed_window(
        self, *, error_message: str | None, error_said: Json | None, now: datetime, job_id: str
    ) -> int: ...
    def end_qr_look(self, *, now: datetime, trouble: Json | None, attempt_id: str) -> int: ...
    def end_silent_job(
        self,
        *,
        state: str,
        error_code: str | None,
        error_message: str | None,
        error_said: Json | None,
        action_required: str | None,
        now: datetime,
        job_id: str,
        fence: int,
    ) -> int: ...
    def end_stop(self, *, now: datetime, who: str | None, stop_id: int) -> int: ...
    def end_trouble(self, *, platform: str) -> int: ...
    def end_trouble_of_system(self, *, code: str) -> int: ...
    def end_uses_of_teacher(self, *, teacher: str, now: datetime) -> int: ...
    def ensure_person(self, *, person: str, staff: bool, language: str, timezone: str, now: datetime) -> int: ...
    def fetch_media(self, *, token: str, now: datetime, method: str, user_agent: str) -> FetchMedia | None: ...
    def findings_of_campaign(self, *, campaign_id: str) -> list[Finding]: ...
    def finish_job(
        self,
        *,
        state: str,
        error_code: str | None,
        error_message: str | None,
        error_said: Json | None,
        action_required: str | None,
        now: datetime,
        job_id: str,
        fence: int,
    ) -> int: ...
    def forget_account_owner(self, *, account: str, until: datetime) -> int: ...
    def forget_account_picture(self, *, account: str, until: datetime) -> int: ...
    def forget_api_idempotency(self, *, before: datetime, most: int) -> int: ...
    def forget_attempts(self, *, campaign_ids: list[str], most: int) -> int: ...
    def forget_campaign_events(self, *, campaign_ids: list[str], most: int) -> int: ...
    def forget_claims(self, *, before: datetime, most: int) -> int: ...
    def forget_findings(self, *, before: datetime, most: int) -> int: ...
    def forget_found_accounts(self, *, now: datetime, app: str, until: datetime, user_sha256: str) -> int: ...
    def forget_import_drafts(self, *, before: datetime, most: int) -> int: ...
    def forget_job_events(self, *, campaign_ids: list[str], most: int) -> int: ...
    def forget_media(self, *, media_ids: list[str]) -> int: ...
    def forget_media_addresses(self, *, before: datetime, most: int) -> int: ...
    def forget_media_file(self, *, file: str) -> int: ...
    def forget_messages(self, *, before: datetime, most: int) -> int: ...
    def forget_model_answers(self, *, before: datetime, most: int) -> int: ...
    def forget_model_uses(self, *, before: date, most: int) -> int: ...
    def forget_notices(self, *, before: datetime, most: int) -> int: ...
    def forget_qr_code(self, *, attempt_id: str) -> int: ...
    def forget_text_proposals(self, *, before: datetime, most: int) -> int: ...
    def forget_uses(self, *, before: datetime, most: int) -> int: ...
    def forget_what_accounts_were(self, *, before: datetime, most: int) -> int: ...
    def generation_request(self, *, request_id: int) -> GenerationRequest | None: ...
    def generation_request_counts(self) -> list[GenerationRequestCount]: ...
    def generation_requests_of_run(self, *, run_id: str) -> list[GenerationRequestOfRun]: ...
    def give_account(self, *, for_all: bool, staff_approves: bool, account: str) -> int: ...
    def give_attempt_back(self, *, job_id: str, fence: int) -> int: ...
    def give_back_api_key(self, *, person: str, key: str, reserved_at: datetime) -> int: ...
    def give_members_back(self, *, now: datetime, job_ids: list[str], fences: list[int]) -> int: ...
    def got_through_since(self, *, platform: str, since: datetime, job_id: str) -> bool: ...
    def group_members(self, *, job_ids: list[str]) -> list[GroupMember]: ...
    def groups_of_run(self, *, now: datetime, run_id: str) -> list[GroupOfRun]: ...
    def hand_over_campaign(self, *, teacher_id: str, facts_sha256: str, now: datetime, campaign_id: str) -> int: ...
    def hand_over_due_jobs(self, *, now: datetime, most: int) -> int: ...
    def held_before(self, *, now: datetime, until: datetime, most: int) -> list[HeldBefore]: ...
    def hold_account_lock(self, *, account: str) -> bool: ...
    def hold_connecting(self) -> int: ...
    def hold_token_lock(self, *, account: str) -> bool: ...
    def hold_turn(self, *, job_id: str, fence: int) -> OnlyCancelRequested | None: ...
    def hold_wanted(self, *, job_id: str, fence: int) -> OnlyJobId | None: ...
    def hold_watch(self) -> bool | None: ...
    def import_draft(self, *, draft_id: str, person: str) -> ImportDraft | None: ...
    def interrupt_job(
        self,
        *,
        state: str,
        error_code: str | None,
        error_message: str | None,
        error_said: Json | None,
        now: datetime,
        job_id: str,
        fence: int,
    ) -> int: ...
    def is_stopped(self, *, account: str) -> bool: ...
    def job(self, *, job_id: str) -> PublishJob | None: ...
    def job_counts(self) -> list[JobCount]: ...
    def job_events(self, *, job_id: str) -> list[JobEvent]: ...
    def job_for_publishing(self, *, job_id: str, fence: int | None) -> JobForPublishing | None: ...
    def jobs_of_campaign(self, *, campaign_id: str) -> list[PublishJob]: ...
    def jobs_to_check(self, *, now: datetime, ahead: timedelta, most: int) -> list[JobToCheck]: ...
    def keep_answer_of_api_key(
        self, *, status: int | None, answer: Json | None, person: str, key: str, reserved_at: datetime
    ) -> int: ...
    def keep_written(self, *, facts_sha256: str, campaign_id: str, before: str) -> int: ...
    def last_claim_at(self) -> datetime | None: ...
    def last_generation_request(self, *, campaign_id: str) -> GenerationRequest | None: ...
    def last_login_attempt(self, *, person: str, since: datetime) -> LoginAttempt | None: ...
    def last_login_of_service(self, *, service: str) -> LastLoginOfService | None: ...
    def last_posts(self, *, accounts: list[str]) -> list[LastPost]: ...
    def last_refusal_of_account(self, *, account: str, since: datetime, reason: str) -> LastRefusalOfAccount | None: ...
    def lateness_by_hour(self, *, now: datetime) -> list[LatenessByHour]: ...
    def leave_members(self, *, lease_expires_at: datetime | None, job_ids: list[str], run_id: str) -> int: ...
    def ledger(self, *, job_id: str) -> list[PublishAttempt]: ...
    def left_behind(self, *, person: str) -> LeftBehind: ...
    def lock_begins(self, *, account: str) -> OnlyBegunAt | None: ...
    def lock_campaign(self, *, campaign_id: str) -> Campaign | None: ...
    def lock_due_jobs(self, *, now: datetime, most: int) -> list[LockDueJob]: ...
    def lock_generation_claims(self) -> object: ...
    def lock_job(self, *, job_id: str) -> PublishJob | None: ...
    def lock_jobs_of_campaign(self, *, campaign_id: str) -> list[OnlyJobId]: ...
    def lock_missed_windows(self, *, campaign_id: str, now: datetime) -> list[LockMissedWindow]: ...
    def lock_model_uses(self) -> object: ...
    def lock_silent_job(self, *, job_id: str, now: datetime) -> PublishJob | None: ...
    def lock_uses(self, *, teacher_id: str) -> object: ...
    def login_attempt(self, *, attempt_id: str) -> LoginAttempt | None: ...
    def login_attempt_locked(self, *, attempt_id: str) -> LoginAttempt | None: ...
    def login_attempt_of_state(self, *, state_sha256: str) -> LoginAttempt | None: ...
    def login_attempts_over(self, *, now: datetime, most: int) -> list[LoginAttempt]: ...
    def lost_jobs(self, *, now: datetime) -> int: ...
    def mark_open_campaigns(self, *, due_at: datetime | None, now: datetime) -> int: ...
    def marked_campaigns(self, *, now: datetime, most: int) -> list[MarkedCampaign]: ...
    def media_assets(self, *, campaign_id: str) -> list[MediaAsset]: ...
    def media_fetches(self, *, job_id: str, media_id: str) -> list[MediaFetch]: ...
    def media_files_left(self, *, before: datetime, most: int) -> list[MediaFileLeft]: ...
    def model_answer(self, *, asked: str) -> ModelAnswer | None: ...
    def model_use_by_month(self, *, since: date) -> list[ModelUseByMonth]: ...
    def model_use_of_month(self, *, currency: str, month: date) -> ModelUseOfMonth: ...
    def move_job(
        self, *, scheduled_at: datetime, useless_after: datetime, now: datetime, attempts: int, job_id: str
    ) -> int: ...
    def name_post(
        self, *, external_post_id: str | None, external_url: str | None, now: datetime, job_id: str
    ) -> int: ...
    def name_stands(self, *, person: str) -> bool: ...
    def needs_media_file(self, *, file: str) -> bool: ...
    def newest_campaign_of_teacher(self, *, teacher_id: str) -> Campaign | None: ...
    def next_due_at(self) -> datetime | None: ...
    def next_due_job(self) -> NextNotice | None: ...
    def next_generation_request(self, *, at_once: int) -> NextGenerationRequest | None: ...
    def next_notice(self) -> NextNotice | None: ...
    def next_request_at(self) -> datetime | None: ...
    def note_account_state(self, *, state: Json, now: datetime, account: str) -> int: ...
    def note_address_fails(self, *, error: Json | None, now: datetime, address_id: int) -> int: ...
    def note_address_works(self, *, address_id: int) -> int: ...
    def note_begins(self, *, begun_at: list[datetime], account: str) -> int: ...
    def note_bell_seen(self, *, now: datetime, person: str) -> int: ...
    def note_content_facts(self, *, made: Json, asset_id: str, content: str) -> int: ...
    def note_digest(self, *, digest_due_at: datetime | None, person: str) -> int: ...
    def note_failed_rebind(self, *, again_at: datetime | None, said: str | None, campaign_id: str) -> int: ...
    def note_forgotten(self, *, now: datetime, campaign_ids: list[str]) -> int: ...
    def note_login_before_us(self, *, attempt_id: str) -> int: ...
    def note_media_looked_at(self, *, now: datetime, campaign_id: str) -> int: ...
    def note_sample(self, *, sample: Json, account: str) -> int: ...
    def note_token(self, *, token: Json, account: str) -> int: ...
    def note_told(self, *, now: datetime, notice_ids: list[int]) -> int: ...
    def note_trouble(self, *, platform: str, now: datetime, account: str | None, since: datetime) -> bool | None: ...
    def note_unknown_error(self, *, platform: str, code: str, stage: str, sample: str, now: datetime) -> int: ...
    def notices_of_message(self, *, message_id: str, most: int) -> list[NoticeOfMessage]: ...
    def notices_of_person(self, *, person: str, before: int, most: int, staff: bool) -> list[NoticeOfPerson]: ...
    def notices_to_tell(self, *, now: datetime, most: int) -> list[NoticeToTell]: ...
    def open_api_key(self, *, person: str, key: str, request_sha256: str, now: datetime) -> int: ...
    def open_claim(self, *, run_id: str, now: datetime) -> int: ...
    def open_data_requests(self, *, most: int) -> list[DataRequest]: ...
    def open_findings(self) -> list[OpenFinding]: ...
    def open_generation_request(self, *, campaign_id: str) -> GenerationRequest | None: ...
    def open_invitations(self, *, since: datetime, most: int) -> list[PersonLink]: ...
    def open_login_of_service(self, *, service: str) -> LoginAttempt | None: ...
    def open_stops(self) -> list[Stop]: ...
    def past_campaign_glances(
        self,
        *,
        teacher_id: str | None,
        words: str | None,
        until: datetime,
        after_at: datetime | None,
        after_id: str | None,
        most: int,
        now: datetime,
    ) -> list[CampaignGlance]: ...
    def pause_account(self, *, until: datetime, reason: str | None, account: str) -> int: ...
    def pause_channel(self, *, until: datetime, reason: str | None, platform: str) -> int: ...
    def people_to_tell(self, *, names: list[str], staff: bool) -> list[PeopleToTell]: ...
    def person(self, *, person: str) -> Person | None: ...
    def person_link(self, *, token_sha256: str, kind: str) -> PersonLink | None: ...
    def posts_due(self, *, account: str, until: datetime) -> int: ...
    def posts_that_need_someone(
        self, *, now: datetime, teacher_id: str | None, most: int
    ) -> list[PostsThatNeedSomeone]: ...
    def posts_without_a_name(self, *, since: datetime, most: int) -> list[OnlyJobId]: ...
    def put_account(
        self, *, account: str, platform: str, conn_id: str, owner: str | None, max_in_flight: int, delivery: str
    ) -> int: ...
    def put_account_picture(self, *, account: str, content: bytes, content_type: str, now: datetime) -> int: ...
    def put_account_uses(self, *, who: str, now: datetime, teachers: list[str], accounts: list[str]) -> int: ...
    def put_address(self, *, person: str, service: str, shown: str, now: datetime) -> int | None: ...
    def put_approval(
        self,
        *,
        campaign_id: str,
        approved_by: str,
        now: datetime,
        payload_refs: Json,
        content_sha256: str,
        privacy: Json,
        confirmations: list[str],
        by_staff: bool,
    ) -> Approval: ...
    def put_campaign(
        self,
        *,
        campaign_id: str,
        teacher_id: str,
        concert_title: str,
        concert_datetime: datetime,
        timezone: str,
        venue_or_link: str,
        student_highlights: str | None,
        cta_link: str | None,
        details: Json,
        platforms: list[str],
        timeline: Json,
        languages: Json,
        voice: str | None,
        facts_sha256: str,
        now: datetime,
    ) -> PutCampaign | None: ...
    def put_channel(
        self,
        *,
        platform: str,
        max_groups: int,
        late_after: timedelta,
        catch_up: timedelta,
        wake_ahead: timedelta,
        claim_ahead: timedelta,
    ) -> int: ...
    def put_confirmation(self, *, outcome: str | None, evidence: Json | None, now: datetime, job_id: str) -> int: ...
    def put_connected_account(
        self,
        *,
        account: str,
        platform: str,
        conn_id: str,
        owner: str | None,
        max_in_flight: int,
        delivery: str,
        way: str | None,
        external_id: str | None,
        app_user_id: str | None,
        username: str,
        display_name: str,
        profile_link: str,
        scopes: list[str],
        access_ends_at: datetime | None,
        now: datetime,
        who: str | None,
    ) -> int: ...
    def put_content_asset(
        self,
        *,
        asset_id: str,
        campaign_id: str,
        asset_type: str,
        platform: str,
        touchpoint: str | None,
        language: str,
        content: str,
        provenance: Json,
        now: datetime,
    ) -> PutContentAsset | None: ...
    def put_content_revision(
        self, *, asset_id: str, version: int, content: str, sha256: str, provenance: Json, now: datetime
    ) -> int: ...
    def put_data_request(
        self, *, confirmation_code: str, kind: str, app: str, user_sha256: str, issued_at: datetime, now: datetime
    ) -> int: ...
    def put_finding(
        self,
        *,
        duty: str,
        job_id: str | None,
        account: str | None,
        code: str,
        message: str,
        said: Json | None,
        action: str | None,
        detail: str | None,
        now: datetime,
    ) -> int: ...
    def put_generation_request(
        self, *, campaign_id: str, requested_by: str, now: datetime, review: str, privacy: Json, anew: Json | None
    ) -> GenerationRequest: ...
    def put_import_draft(
        self, *, draft_id: str, person: str, now: datetime, name: str, content: bytes, reading: Json
    ) -> int: ...
    def put_ledger_entry(
        self,
        *,
        job_id: str,
        fence: int,
        lease_expires_at: datetime | None,
        now: datetime,
        step: str,
        checkpoint: Json | None,
        commit_deadline_at: datetime | None,
        outcome: str | None,
        error_code: str | None,
        error_message: str | None,
        error_said: Json | None,
        evidence: Json | None,
    ) -> int: ...
    def put_login_attempt(
        self,
        *,
        attempt_id: str,
        state_sha256: str | None,
        person: str,
        way: str,
        owner: str | None,
        renews: str | None,
        service: str | None,
        redirect_uri: str,
        now: datetime,
        ends_at: datetime,
    ) -> int: ...
    def put_media_address(
        self, *, token: str, media_id: str, job_id: str, attempt_no: int, now: datetime, expires_at: datetime
    ) -> int: ...
    def put_media_asset(
        self,
        *,
        media_id: str,
        campaign_id: str,
        file: str,
        sha256: str,
        kind: str,
        mime: str,
        size_bytes: int,
        width: int,
        height: int,
        duration_seconds: float | None,
        facts: Json,
        origin: str,
        platform: str,
        contains_students: bool,
        consent_on_file: bool,
        drawn_from: Json,
        now: datetime,
    ) -> int: ...
    def put_media_upload(
        self,
        *,
        media_id: str,
        campaign_id: str,
        file: str,
        sha256: str,
        kind: str,
        mime: str,
        size_bytes: int,
        width: int,
        height: int,
        duration_seconds: float | None,
        facts: Json,
        origin: str,
        platform: str,
        contains_students: bool,
        consent_on_file: bool,
        made_of: str,
        now: datetime,
    ) -> int: ...
    def put_message(
        self, *, message_id: str, address_id: int, digest: str | None, now: datetime, send_at: datetime
    ) -> int: ...
    def put_message_notices(self, *, message_id: str, notice_ids: list[int]) -> int: ...
    def put_model_answer(
        self, *, asked: str, model: str, content: str, why_not: str, tokens: Json, now: datetime
    ) -> int: ...
    def put_model_use(
        self,
        *,
        month: date,
        now: datetime,
        purpose: str,
        model: str,
        sent: int,
        received: int,
        millionths: int,
        currency: str,
    ) -> int: ...
    def put_notice(
        self,
        *,
        kind: str,
        recipient: str | None,
        cause: str,
        now: datetime,
        said: Json | None,
        campaign_id: str | None,
        job_id: str | None,
        account: str | None,
    ) -> int: ...
    def put_off_message(self, *, send_at: datetime, message_id: str) -> int: ...
    def put_person(
        self,
        *,
        person: str,
        staff: bool,
        language: str,
        timezone: str,
        unwanted: list[str],
        quiet_from: time | None,
        quiet_until: time | None,
        digest: str,
        digest_at: time,
        digest_due_at: datetime | None,
        now: datetime,
    ) -> int: ...
    def put_person_link(
        self,
        *,
        link_id: str,
        token_sha256: str,
        kind: str,
        person: str | None,
        full_name: str,
        mail: str,
        role: str | None,
        accounts: list[str],
        made_by: str,
        now: datetime,
        ends_at: datetime,
    ) -> int: ...
    def put_preflight(
        self, *, job_id: str, now: datetime, scheduled_at: datetime, payload_ref: str, media_ref: str
    ) -> int: ...
    def put_qr_login(self, *, attempt_id: str, now: datetime) -> int: ...
    def put_stop(self, *, scope: str, name: str, reason: str, now: datetime, who: str) -> Stop: ...
    def put_text_proposal(
        self, *, asset_id: str, version: int, content: str, provenance: Json, wish: str, now: datetime
    ) -> int: ...
    def put_trouble(self, *, code: str, said: Json, now: datetime) -> int: ...
    def put_use(self, *, teacher_id: str, kind: str, now: datetime, size_bytes: int) -> int: ...
    def qr_login(self, *, attempt_id: str) -> QrLogin | None: ...
    def reclaim_job(self, *, now: datetime, job_id: str) -> int: ...
    def release_model_use(self, *, use_id: int) -> int: ...
    def release_reconnected_jobs(self, *, now: datetime, campaign_id: str, account: str) -> int: ...
    def remove_backgrounds(self, *, campaign_id: str) -> int: ...
    def renew_generation_request(self, *, alive_at: datetime, request_id: int, run_id: str) -> int: ...
    def renew_lease(
        self,
        *,
        lease_expires_at: datetime | None,
        observing: bool,
        progress: bool,
        now: datetime,
        job_id: str,
        fence: int,
    ) -> int: ...
    def renew_members(self, *, lease_expires_at: datetime | None, job_ids: list[str], fences: list[int]) -> int: ...
    def replace_content(
        self, *, content: str, provenance: Json, now: datetime, asset_id: str, version: int
    ) -> ContentAsset | None: ...
    def report(self) -> list[Report]: ...
    def report_of_job(self, *, job_id: str) -> Report | None: ...
    def reports_of_campaign(self, *, campaign_id: str) -> list[Report]: ...
    def reports_of_concern(
        self,
        *,
        now: datetime,
        kind: str | None,
        waits_for: str | None,
        platform: str | None,
        teacher_id: str | None,
        after_at: datetime | None,
        after_id: str | None,
        most: int,
    ) -> list[ReportOfConcern]: ...
    def reports_of_jobs(self, *, job_ids: list[str]) -> list[Report]: ...
    def reports_of_run(self, *, run_id: str, group_no: int | None, after: int, most: int) -> list[ReportOfRun]: ...
    def request_cancel(self, *, now: datetime, job_id: str) -> int: ...
    def requeue_job(
        self,
        *,
        not_before: datetime | None,
        error_code: str | None,
        error_message: str | None,
        error_said: Json | None,
        now: datetime,
        job_id: str,
        fence: int,
        rebind: bool,
    ) -> OnlyJobId | None: ...
    def requeue_reconnected_jobs(
        self, *, attempts: int, now: datetime, campaign_id: str, account: str, but: list[str]
    ) -> int: ...
    def resting_account_counts(self, *, now: datetime) -> list[RestingAccountCount]: ...
    def resting_places(self, *, now: datetime, most: int) -> list[RestingPlace]: ...
    def resume_account(self, *, account: str, reason: str | None) -> int: ...
    def resume_account_of_turn(self, *, job_id: str, fence: int, reason: str) -> int: ...
    def retire_account(self, *, account: str) -> int: ...
    def retry_job(self, *, attempts: int, now: datetime, job_id: str) -> int: ...
    def revisions_of_facts(self, *, campaign_id: str, facts_sha256: str) -> list[ContentRevision]: ...
    def running_jobs_of_stopped_accounts(self) -> list[OnlyJobId]: ...
    def set_consent(self, *, campaign_id: str, media_id: str, consent_on_file: bool) -> int: ...
    def set_off(
        self, *, off: str | None, off_at: datetime | None, off_by: str | None, now: datetime, campaign_id: str
    ) -> int: ...
    def set_plan_notes(self, *, notes: Json, now: datetime, campaign_id: str) -> int: ...
    def set_timeline(self, *, timeline: Json, now: datetime, campaign_id: str) -> int: ...
    def settle_data_request(self, *, now: datetime, accounts: int, confirmation_code: str) -> int: ...
    def settle_login_attempt(
        self, *, status: str, now: datetime, said: Json | None, account: str | None, attempt_id: str
    ) -> int: ...
    def settle_model_use(self, *, sent: int, received: int, millionths: int, now: datetime, use_id: int) -> int: ...
    def settled_times(self, *, campaign_id: str) -> list[SettledTime]: ...
    def show_qr_code(self, *, picture: bytes | None, content_type: str, now: datetime, attempt_id: str) -> int: ...
    def silent_jobs(self, *, now: datetime, most: int) -> list[OnlyJobId]: ...
    def stop(self, *, stop_id: int) -> Stop | None: ...
    def take_job(
        self,
        *,
        run_id: str | None,
        lease_expires_at: datetime | None,
        attempt_limit: int,
        now: datetime,
        job_id: str,
        as_claimed: bool,
    ) -> TakeJob | None: ...
    def take_login_answer(self, *, state_sha256: str, person: str, way: str, now: datetime) -> LoginAttempt | None: ...
    def take_message(self, *, taken_until: datetime, now: datetime) -> TakeMessage | None: ...
    def take_over_api_key(
        self, *, now: datetime, person: str, key: str, request_sha256: str, lapsed: datetime
    ) -> int: ...
    def take_over_job(
        self,
        *,
        run_id: str | None,
        group_no: int | None,
        lease_expires_at: datetime | None,
        now: datetime,
        job_id: str,
        position: int,
    ) -> int: ...
    def take_qr_look(
        self, *, until: datetime | None, attempt_id: str, now: datetime, since: datetime
    ) -> str | None: ...
    def take_turn_on_campaign(self, *, campaign_id: str) -> object: ...
    def tell_staff_to_approve(self, *, cause: str, now: datetime, campaign_id: str | None) -> int: ...
    def text_proposal(self, *, asset_id: str) -> TextProposal | None: ...
    def troubles(self) -> list[Trouble]: ...
    def unapproved_drafts(self, *, now: datetime, until: datetime, most: int) -> list[Campaign]: ...
    def unbound_campaigns(self) -> int: ...
    def undo_cancel(self, *, attempts: int, now: datetime, job_id: str) -> int: ...
    def undo_cancel_request(self, *, now: datetime, job_id: str) -> int: ...
    def unknown_errors(self) -> list[UnknownError]: ...
    def unmark_campaign(self, *, campaign_id: str) -> int: ...
    def unneeded_media(self, *, campaign_id: str, before: datetime) -> list[OnlyMediaId]: ...
    def use_person_link(
        self, *, now: datetime, used_by: str | None, token_sha256: str, kind: str
    ) -> PersonLink | None: ...
    def users_of_account(self, *, account: str) -> list[OnlyTeacher]: ...
    def uses_of_accounts(self, *, accounts: list[str], since: datetime) -> list[UseOfAccounts]: ...
    def uses_since(self, *, teacher_id: str, kind: str, since: datetime) -> list[TeacherUse]: ...
    def void_approval(self, *, now: datetime, reason: str | None, said: Json | None, campaign_id: str) -> int: ...
    def waiting_message(self, *, address_id: int, now: datetime) -> str | None: ...
    def wanted(self, *, by: datetime, now: datetime, job_id: str, fence: int) -> Wanted | None: ...
    def withdraw_invitation(self, *, now: datetime, link_id: str) -> int: ...
    def withdraw_links_of_person(self, *, now: datetime, person: str, kind: str) -> int: ...
    def work_for_claim(self, *, now: datetime) -> WorkForClaim: ...
