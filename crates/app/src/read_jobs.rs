//! Reads jobs.

use crate::AppError;
use lamplight_domain::JobName;
use lamplight_ports::{JobStore, Page, PageRequest, StoredJob};

/// Reads a page of jobs, sorted by name.
pub async fn list_jobs(jobs: &dyn JobStore, page: &PageRequest) -> Result<Page<StoredJob>, AppError> {
    Ok(jobs.list(page).await?)
}

/// Reads all jobs, sorted by name.
pub async fn all_jobs(jobs: &dyn JobStore) -> Result<Vec<StoredJob>, AppError> {
    let (mut all, mut page) = (Vec::new(), PageRequest::default());
    loop {
        let next = jobs.list(&page).await?;
        all.extend(next.items);
        page.marker = next.next_marker;
        if page.marker.is_none() {
            return Ok(all);
        }
    }
}

/// Reads one job. If it does not exist, the error suggests the most similar name.
pub async fn show_job(jobs: &dyn JobStore, name: &JobName) -> Result<StoredJob, AppError> {
    match jobs.get(name).await? {
        Some(stored) => Ok(stored),
        None => Err(AppError::JobNotFound { name: name.clone(), nearest: nearest(jobs, name).await? }),
    }
}

pub(crate) async fn nearest(jobs: &dyn JobStore, name: &JobName) -> Result<Option<JobName>, AppError> {
    let all = all_jobs(jobs).await?;
    let scored =
        all.into_iter().map(|stored| (distance(stored.job.name.as_str(), name.as_str()), stored.job.name));
    // With more typos than a third of its length it is another name.
    let most = name.as_str().chars().count() / 3 + 1;
    Ok(scored.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name))
}

/// The number of single-character edits between two names, ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, to) in row.iter_mut().skip(1).zip(&b) {
            let above = *slot;
            let here = (diagonal + usize::from(from != *to)).min(left + 1).min(above + 1);
            (diagonal, left) = (above, here);
            *slot = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_single_edits() {
        for (a, b, expected) in
            [("adder", "adder", 0), ("Adder", "ader", 1), ("adder", "echo", 5), ("", "abc", 3)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }
}
