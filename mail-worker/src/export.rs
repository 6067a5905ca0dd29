//! `mail-worker templates export`: what is compiled in, as files to change.

use common::templates::TemplateFiles;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

/// Writes every file; how many.
///
/// # Errors
/// At the first that cannot be written. One that is there already may hold somebody's work: it is not touched.
pub(crate) fn write(files: &TemplateFiles, folder: &Path) -> anyhow::Result<usize> {
    for (path, text) in files.iter() {
        let file = folder.join(path);
        let folder = file.parent().unwrap_or(folder);
        fs::create_dir_all(folder)
            .and_then(|()| File::create_new(&file)?.write_all(text.as_bytes()))
            .map_err(|error| anyhow::anyhow!("cannot write {}: {error}", file.display()))?;
    }
    Ok(files.iter().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Renderer, built_in};
    use common::brand::Brands;

    #[test]
    fn what_is_written_makes_the_same_mails_and_a_change_in_it_shows() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(&built_in(), folder.path()).unwrap(), built_in().iter().count());
        let told = write(&built_in(), folder.path()).unwrap_err().to_string();
        assert!(told.starts_with("cannot write "), "{told}");
        let brands = Brands::built_in().unwrap();
        let replaced = built_in().replaced_by(folder.path()).unwrap();
        assert!(replaced.iter().eq(built_in().iter()));
        let subject = folder.path().join("reset_link/subject.hbs");
        fs::write(&subject, "{{subject}} from us, who are many, and long, and more").unwrap();
        let replaced = built_in().replaced_by(folder.path()).unwrap();
        let told = Renderer::new(&replaced, &brands).unwrap_err().to_string();
        assert!(told.contains("reset_link of Tapo in de: the subject has a length"), "{told}");
        fs::write(&subject, "{{subject}}").unwrap();
        let body = folder.path().join("reset_link/body.txt.hbs");
        let text = fs::read_to_string(&body).unwrap();
        fs::write(&body, text.replace("{{revoke_url}}", "")).unwrap();
        let replaced = built_in().replaced_by(folder.path()).unwrap();
        let told = Renderer::new(&replaced, &brands).unwrap_err().to_string();
        assert!(told.contains("reset_link of Tapo in de: the text lacks the link {{revoke_url}}"), "{told}");
        fs::write(&body, text).unwrap();
        fs::write(&subject, "{{subjcet}}").unwrap();
        let replaced = built_in().replaced_by(folder.path()).unwrap();
        let told = Renderer::new(&replaced, &brands).unwrap_err().to_string();
        assert!(told.contains("subjcet"), "{told}");
    }
}
