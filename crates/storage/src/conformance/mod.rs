//! The suite that every backend must pass: one function is one promise, and `suite!` makes tests of them all.
//!
//! ```ignore
//! async fn fresh() -> std::sync::Arc<dyn storage::Storage> { … an empty database of its own … }
//! storage::conformance::suite!(super::fresh); // as seen from a module beside `fresh`
//! ```

pub mod admins;
pub mod conversations;
pub mod deeds;
pub mod digests;
pub mod event_log;
pub mod event_races;
pub mod figures;
pub mod histories;
pub mod inquiries;
pub mod links;
pub mod mailbox;
pub mod meta;
pub mod one_of_each;
pub mod outbox;
pub mod samples;
pub mod second_factor;
pub mod sessions;
pub mod visitors;

#[cfg(test)]
mod tests;

/// How a promise ends: broken by a panic of an assertion, or by a store that fails.
pub type Kept = Result<(), crate::StorageError>;

/// Makes a test of every promise; each gets a store of its own from the function that is given.
#[macro_export]
#[doc(hidden)]
macro_rules! conformance_suite {
    ($fresh:path) => {
        $crate::conformance_tests! { $fresh;
            event_log:
                a_call_is_stored_whole_and_gets_a_number
                numbers_rise_with_the_calls
                a_change_from_the_wrong_place_is_a_conflict_and_stores_nothing
                a_known_conversation_cannot_begin_again
                a_repeated_client_id_gets_its_place_and_is_stored_once
                a_client_id_counts_within_its_conversation_only
                a_visitor_has_one_open_call
                a_moved_call_cannot_be_joined_beside_a_newer_one
                a_visitor_whose_call_is_over_may_call_again
                every_kind_of_event_comes_back_as_it_went_in
                every_script_comes_back_to_the_letter
                a_log_is_read_in_order_after_a_place_and_up_to_a_limit
                an_event_is_found_by_the_id_that_its_client_made
                notices_and_the_post_are_stored_with_the_events;
            event_races:
                of_those_who_append_at_once_one_wins
                conversations_do_not_get_in_each_others_way
                the_same_message_sent_at_once_is_stored_once
                of_two_calls_of_one_visitor_at_once_one_is_stored
                of_a_join_and_a_move_at_once_one_is_stored
                a_change_that_cannot_be_stored_does_not_harm_the_others;
            histories:
                the_row_is_what_the_log_folds_to;
            conversations:
                every_state_comes_back_as_it_went_in
                what_is_not_there_is_none
                a_visitors_open_and_latest_calls_are_found
                the_queue_has_the_longest_wait_first
                the_list_is_newest_first_and_pages_without_gap_or_overlap
                the_list_is_filtered_by_state
                a_text_is_found_in_names_words_and_numbers
                wildcards_are_letters_like_others
                the_last_words_are_given_for_many_at_once
                deadlines_are_due_at_their_millisecond;
            inquiries:
                a_post_comes_back_as_it_went_in
                a_change_follows_the_version_before_or_is_a_conflict
                of_two_changes_at_once_one_wins
                comments_come_oldest_first_for_many_at_once
                notices_are_stored_with_the_change_or_not_at_all
                what_waits_about_a_post_is_released
                the_board_is_filtered_and_counted
                the_board_pages_without_gap_or_overlap
                a_text_is_found_on_the_board
                the_trash_is_apart_until_it_is_purged;
            visitors:
                a_visitor_comes_back_as_admitted
                a_known_subject_keeps_its_id_and_takes_the_new_name
                two_sessions_of_one_subject_at_once_are_one_visitor
                a_token_is_worth_something_until_it_expires
                a_token_lives_longer_but_never_shorter
                a_visitor_can_be_renamed
                being_seen_never_moves_backwards
                expired_tokens_are_forgotten
                the_anonymous_who_left_nothing_and_cannot_come_back_are_forgotten
                who_is_there_is_not_forgotten;
            admins:
                an_admin_comes_back_as_added
                an_address_is_taken_without_regard_to_case
                an_admin_is_changed_but_for_the_address
                disabling_ends_all_sessions
                a_new_password_ends_all_sessions_but_one
                an_api_token_names_its_admin_and_notes_its_use
                an_api_token_is_worthless_once_revoked_or_its_admin_disabled;
            links:
                a_link_is_worth_something_until_it_expires
                a_new_link_replaces_the_one_before
                a_link_is_used_once_however_many_ask
                a_new_password_ends_the_links_for_another
                links_in_mails_stand_side_by_side_until_one_is_used
                the_links_of_a_call_mail_are_used_one_by_one
                expired_links_are_forgotten;
            second_factor:
                a_second_factor_comes_back_until_it_is_taken_away
                a_new_second_factor_ends_all_sessions_but_one
                a_code_is_taken_once
                a_recovery_code_is_used_once_however_many_ask;
            deeds:
                a_deed_comes_back_as_it_was_noted
                the_record_pages_without_gap_or_overlap
                what_admins_do_in_calls_is_in_the_record
                the_record_is_filtered_by_admin
                whatever_changes_something_leaves_its_deed
                the_board_and_the_outbox_leave_deeds_too;
            sessions:
                a_session_comes_back_until_it_expires
                an_id_that_is_taken_is_refused
                a_session_is_saved_over_and_an_ended_one_stays_ended
                expired_sessions_are_forgotten
                sessions_are_listed_and_ended_by_their_owner;
            outbox:
                what_is_due_is_claimed_calls_first_and_the_newest_first
                now_and_then_the_longest_due_has_its_turn
                who_is_spared_is_neither_claimed_nor_waited_for
                a_lease_keeps_others_away_until_it_runs_out
                of_those_who_claim_at_once_one_gets_each
                every_end_of_a_try_is_recorded
                only_who_holds_the_lease_may_record
                who_is_late_may_record_what_nobody_else_has_claimed
                the_next_moment_is_known
                what_was_given_up_can_be_queued_again
                notices_are_filtered_and_page_without_gap_or_overlap
                opening_is_noted_once
                what_was_told_is_counted_by_admin;
            digests:
                what_is_beyond_the_allowance_is_gathered
                the_allowance_counts_by_admin_and_within_its_span
                what_is_on_its_way_counts_as_sent
                a_flood_has_a_burst_of_single_mails_and_singles_again_when_it_is_over
                a_digest_on_its_way_counts_as_sent
                a_digest_takes_along_what_gathers_elsewhere
                what_joins_a_digest_that_failed_brings_it_forward
                a_vouched_caller_has_a_mail_of_their_own
                a_digest_is_claimed_by_its_leader_and_ends_as_one
                a_digest_that_is_tried_again_keeps_what_is_in_it
                what_joins_too_late_goes_its_own_way
                what_is_about_ones_own_sign_in_is_never_gathered;
            mailbox:
                a_mail_comes_back_and_a_retry_replaces_it
                the_mailbox_pages_without_gap_or_overlap;
            figures:
                each_call_has_the_end_of_its_first_wait
                each_mail_has_what_became_of_it;
            meta:
                the_epoch_has_a_name_that_stays
                a_store_in_use_has_no_faults
                a_renewed_epoch_is_another_one_and_stays
                every_commit_changes_the_data_version
                what_is_under_way_is_counted;
        }
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! conformance_tests {
    ($fresh:path; $($matter:ident: $($promise:ident)+;)+) => {$(
        mod $matter {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() -> $crate::conformance::Kept {
                    $crate::conformance::$matter::$promise($fresh().await).await
                }
            )+
        }
    )+};
}

pub use conformance_suite as suite;
